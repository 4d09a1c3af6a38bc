"""The workbook sent back to the kecamatan: its own file, faulty cells marked, a list of findings in front."""

from pipelines.reports.correction.annotate import annotate

__all__ = ["annotate"]
