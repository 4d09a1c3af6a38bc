"""The workbook sent back to the kecamatan: its own file, faulty cells marked, a list of findings in front."""

from pipelines.reports.correction.annotate import annotate
from pipelines.reports.correction.regency import Corrections, write_corrections

__all__ = ["Corrections", "annotate", "write_corrections"]
