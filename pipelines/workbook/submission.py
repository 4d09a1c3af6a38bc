"""What a sheet said once it has been read: the typed form, or why it was refused.

Belongs here: the shapes that leave the reader (and are staged). Does not belong here: how they come about.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.workbook.columns import DECIMAL_MEASURES, PAIRS, TEXTS, Kind


@dataclass(frozen=True, slots=True)
class CellFinding:
    """Something the reader saw at one cell. `aturan` is an id of the rule catalogue (`pipelines.quality.catalogue`)."""

    aturan: str
    sel: str | None  # A1 address
    nilai_lapor: str | None = None  # what stands there
    nilai_seharusnya: str | None = None  # what was expected
    kode: str | None = None
    kolom: str | None = None  # column of `pipelines.workbook.columns`, or None
    baris: int | None = None  # sheet row, 1-based
    rincian: str | None = None  # more for the message, Indonesian


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that says whose form this is, or of when."""

    sumber: str  # judul, lembar, kolom_20, tanda_tangan, path
    sel: str | None
    teks: str
    kode_kemendagri: str | None = None
    tahun: int | None = None
    triwulan: int | None = None
    exact: bool = True  # False where the kecamatan's name is one edit away from what stands there


@dataclass(slots=True)
class Identity:
    """Whose form, of which triwulan, and what says so."""

    kode_kemendagri: str | None = None
    tahun: int | None = None
    triwulan: int | None = None
    bukti: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Narrative:
    """One item of the foot's texts."""

    jenis: str  # pendorong_tujuan, pendorong_sasaran, penghambat_tujuan, penghambat_sasaran, tindak_lanjut_triwulan, tindak_lanjut_renja
    urutan: int
    teks: str
    sel: str


@dataclass(frozen=True, slots=True)
class FootValue:
    """The foot's average (a number) or predikat (text), and where it stands."""

    sel: str
    angka: float | None = None
    desimal: int | None = None
    teks: str | None = None


def _row_schema() -> pa.Schema:
    integer, text, number = pa.int64(), pa.string(), pa.float64()
    fields: dict[str, pa.DataType] = {
        **dict.fromkeys(("urutan", "baris"), integer),
        **dict.fromkeys(("level", "kode"), text),
        **dict.fromkeys(("kelompok", "indikator_ke"), integer),
        "satuan": text,
        **{column.name: text for column in TEXTS},
    }
    for pair in PAIRS:
        for measure in (pair.k, pair.rp):
            fields[measure.name] = integer if measure.kind is Kind.RUPIAH else number
        fields[pair.satuan] = text
    fields |= {f"{measure.name}__desimal": integer for measure in DECIMAL_MEASURES}
    return pa.schema(list(fields.items()))


ROW_SCHEMA = _row_schema()
"""The columns of `Form.rows`, typed."""
_PANDAS = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.string(): pd.StringDtype("pyarrow", na_value=np.nan)}


@dataclass(slots=True)
class Form:
    """One E.81 sheet, read.

    `rows` (`baris` is the same as a frame) has a row for each indicator row of the table and one for TOTAL; columns: urutan (0..), baris
    (sheet row, 1-based), level, kode (canonical; S1, S2, … for a sasaran; NULL for TOTAL), kelompok (rows of one code share it),
    indikator_ke (1.. within it), satuan (canonical unit of the row), the TEXTS, and for each of PAIRS its k, satuan and rp, and
    <name>__desimal for DECIMAL_MEASURES.
    Money is Int64 sen. NULL is "not stated", 0 is "nil".
    `kolom` maps each text, measure and <pair>_satuan that the sheet has to its column letters: the address of a figure is letters + baris.
    """

    lembar: str
    identitas: Identity
    rows: pa.Table
    kolom: dict[str, str]
    rp_faktor: int = 1  # rupiah that a 1 in a Rp cell stands for: 1000 where the form counts in thousands
    kepala: dict[str, str] = field(default_factory=dict)  # tujuan_indikator, tujuan_target, tujuan_realisasi
    rata_rata: FootValue | None = None
    predikat: FootValue | None = None
    narasi: list[Narrative] = field(default_factory=list)
    tanda_tangan_tempat: str | None = None
    tanda_tangan_tanggal: dt.date | None = None
    tanda_tangan_jabatan: str | None = None
    tanda_tangan_sel: str | None = None
    temuan: list[CellFinding] = field(default_factory=list)
    penjelasan: list[str] = field(default_factory=list)  # how the sheet was understood, for `renja check --explain`

    @property
    def baris(self) -> pd.DataFrame:
        """The rows as a frame of its own: Int64, Float64 and strings, NULL where nothing is stated."""
        frame: pd.DataFrame = self.rows.to_pandas(types_mapper=_PANDAS.get)
        return frame


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sheet (or a whole file: lembar None) that is not loaded, and why. `aturan` is a rule of tingkat tolak."""

    aturan: str
    pesan: str  # Indonesian, one sentence: where, what stands there, what was expected, what to do
    lembar: str | None = None
    sel: str | None = None
    nilai_lapor: str | None = None
    nilai_seharusnya: str | None = None
    identitas: Identity = field(default_factory=Identity)
    temuan: tuple[CellFinding, ...] = ()
    penjelasan: tuple[str, ...] = ()


@dataclass(slots=True)
class ReadFile:
    """Everything one file version said."""

    format: str
    modified: dt.datetime | None
    kiriman: list[Form | Refusal]
