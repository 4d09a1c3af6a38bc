"""Hand-made frames as `load` takes them: three small submissions whose figures a person can add up, and the small tables beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from pipelines.warehouse.raw_tables import TABLES, ColumnType

_DTYPES = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "Int64",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DOUBLE: "Float64",
    ColumnType.RUPIAH: "Int64",
    ColumnType.DATE: "object",
    ColumnType.TIMESTAMP: "datetime64[us]",
}
_TABLE = {table.name: table for table in TABLES}


def frame(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows as a frame of a `mentah` table; what a row does not name is NULL."""
    columns = _TABLE[name].columns
    for row in rows:
        assert not set(row) - set(columns), set(row) - set(columns)
    return pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=_DTYPES[kind]) for column, kind in columns.items()})


def rupiah(value: float | None) -> int | None:
    return None if value is None else round(value * 100)


@dataclass
class Code:
    """One code group of a form: money in rupiah, indicators as (text, satuan, target, quarters, capaian, predikat, kendala)."""

    level: str
    kode: str | None
    target: float | None = None
    quarters: tuple[float | None, ...] = (None, None, None, None)
    is_daun: bool = False
    indicators: list[dict] = field(default_factory=lambda: [{}])
    uraian: str | None = None


@dataclass
class Submission:
    """One submission; `codes` is empty for one that was not loaded."""

    kode_kemendagri: str | None
    tahun: int | None
    triwulan: int | None
    codes: list[Code] = field(default_factory=list)
    status: str = "berlaku"
    revisi_ke: int | None = 0
    diterima_pada: dt.datetime = dt.datetime(2024, 7, 5, 3)
    temuan: list[dict] = field(default_factory=list)
    narasi: list[dict] = field(default_factory=list)


def indicator(
    text: str | None,
    target: float | None = None,
    quarters: tuple[float | None, ...] = (None, None, None, None),
    capaian: float | None = None,
    kendala: str | None = None,
    satuan: str | None = "%",
) -> dict:
    """One indicator of a code."""
    stated = [value for value in quarters if value is not None]
    return {
        "indikator": text,
        "satuan": satuan,
        "target_k": target,
        **{f"tw{number}_k": value for number, value in enumerate(quarters, start=1)},
        "realisasi_k": stated[-1] if stated else None,
        "capaian_k_pct": capaian,
        "jenis_akumulasi": "posisi_akhir",
        "polaritas": "naik",
        "kendala": kendala,
    }


def build(
    submissions: list[Submission], *, hari_ini: dt.date = dt.date(2024, 8, 1), rekonsiliasi: list[dict] | None = None
) -> dict[str, pd.DataFrame]:
    """All frames of `mentah` for these submissions (kiriman_id by position, from 1), and settings for the year 2024."""
    rows: dict[str, list[dict]] = {table.name: [] for table in TABLES}
    for kiriman_id, sub in enumerate(submissions, start=1):
        rows["kiriman"].append(
            {
                "kiriman_id": kiriman_id,
                "sha256": f"{kiriman_id:064x}",
                "path": f"{sub.tahun}/tw{sub.triwulan}/{kiriman_id}.xlsx",
                "lembar": "E.81" if sub.codes else None,
                "format": "xlsx",
                "diterima_pada": sub.diterima_pada,
                "status": sub.status,
                "revisi_ke": sub.revisi_ke if sub.status in ("berlaku", "digantikan") else None,
                "kode_kemendagri": sub.kode_kemendagri,
                "tahun": sub.tahun,
                "triwulan": sub.triwulan,
                "tanda_tangan_tanggal": dt.date(2024, 7, 3),
                "tanda_tangan_jabatan": "Camat",
            }
        )
        urutan = 0
        for kelompok, code in enumerate(sub.codes):
            stated = [value for value in code.quarters[: sub.triwulan] if value is not None]
            realisasi = sum(stated) if stated else None
            common = {"kiriman_id": kiriman_id, "urutan": urutan, "baris": urutan + 10, "level": code.level, "kelompok": kelompok}
            rows["anggaran"].append(
                {
                    **common,
                    "kode": code.kode,
                    "uraian": code.uraian or f"Uraian {code.kode}",
                    "is_daun": code.is_daun,
                    "target_rp": rupiah(code.target),
                    **{f"tw{number}_rp": rupiah(value) for number, value in enumerate(code.quarters, start=1)},
                    "realisasi_rp": rupiah(realisasi),
                    "capaian_rp_pct": realisasi / code.target * 100 if code.target and realisasi is not None else None,
                }
            )
            if code.level == "total":
                urutan += 1
                continue
            for ke, item in enumerate(code.indicators, start=1):
                rows["kinerja"].append(
                    {
                        **common,
                        "urutan": urutan,
                        "baris": urutan + 10,
                        "kode": code.kode,
                        "indikator_ke": ke,
                        "sasaran": "Meningkatnya pelayanan" if code.level == "sasaran" else None,
                        "uraian": None if code.level == "sasaran" else code.uraian or f"Uraian {code.kode}",
                        **item,
                    }
                )
                urutan += 1
        for item in sub.temuan:
            rows["temuan"].append({"kiriman_id": kiriman_id, "pesan": "Pesan.", **item})
        for item in sub.narasi:
            rows["narasi"].append({"kiriman_id": kiriman_id, **item})
    rows["rekonsiliasi"] = list(rekonsiliasi or [])
    rows["aturan"] = [
        {"aturan": name, "tingkat": level, "judul": name, "penjelasan": "Penjelasan.", "tindakan": "Tindakan."}
        for name, level in (
            ("periode_tidak_dikenali", "tolak"),
            ("total_beda", "galat"),
            ("angka_ambigu", "peringatan"),
            ("kiriman_ganda", "info"),
        )
    ]
    days = pd.date_range("2023-01-01", "2026-12-31", freq="D")
    rows["kalender"] = [
        {"tanggal": day.date(), "hari_kerja_ke": int(number)} for day, number in zip(days, (days.dayofweek < 5).cumsum(), strict=True)
    ]
    ends = [dt.date(2024, 3, 31), dt.date(2024, 6, 30), dt.date(2024, 9, 30), dt.date(2024, 12, 31)]
    deadlines = [dt.date(2024, 4, 12), dt.date(2024, 7, 12), dt.date(2024, 10, 14), dt.date(2025, 1, 14)]
    rows["periode"] = [
        {
            "tahun": 2024,
            "triwulan": number,
            "tanggal_mulai": dt.date(2024, 3 * number - 2, 1),
            "tanggal_selesai": end,
            "batas_lapor": deadline,
            "mode_renstra": "tahun_pertama",
        }
        for number, (end, deadline) in enumerate(zip(ends, deadlines, strict=True), start=1)
    ]
    rows["pengaturan"] = [
        {"hari_ini": hari_ini, "tahun_awal": 2024, "tahun_akhir": 2024, "tingkat_rata_rata": "program", "batas_capaian": 100.0}
    ]
    return {name: frame(name, items) for name, items in rows.items()}


LUMAJANG, PASIRIAN, TEMPEH, KUNIR = "35.08.10", "35.08.04", "35.08.05", "35.08.06"
P1, K1, S1A, S1B = "7.01.01", "7.01.01.2.01", "7.01.01.2.01.0001", "7.01.01.2.01.0002"
P4 = "7.01.04"


def lumajang_tw1() -> Submission:
    return Submission(
        LUMAJANG,
        2024,
        1,
        [
            Code("sasaran", "S1", 1000, (100, None, None, None), indicators=[indicator("Indeks pelayanan", 80, (40,), 50.0)]),
            Code("program", P1, 1000, (100, None, None, None), indicators=[indicator("Pemenuhan", 100, (20, None, None, None), 20.0)]),
            Code("sub_kegiatan", S1A, 1000, (100, None, None, None), True, [indicator("Jumlah dokumen", 4, (1,), 25.0, satuan="dokumen")]),
        ],
        diterima_pada=dt.datetime(2024, 4, 16, 2),
    )


def lumajang_tw2(*, revisi_ke: int = 0, status: str = "berlaku", tw1: float | None = 120) -> Submission:
    """Everything that a form can have: two sasaran, several indicators, a kelurahan, an unknown code, a kegiatan as leaf."""
    return Submission(
        LUMAJANG,
        2024,
        2,
        [
            Code("sasaran", "S1", 9999, (1, 1, None, None), indicators=[indicator("Indeks pelayanan", 80, (40, 40), 50.0)]),
            Code(
                "program",
                P1,
                2000,
                (300, 300, None, None),
                indicators=[indicator("Pemenuhan", 100, (20, 38), 38.0, "Penetapan SB"), indicator("Pemenuhan", 100, (90, 150), 150.0)],
            ),
            Code("kegiatan", K1, 2000, (300, 300, None, None), indicators=[indicator("Kegiatan", 100, (6, 7), 7.0, "-")]),
            Code(
                "sub_kegiatan",
                S1A,
                1000.55,
                (tw1, 100.25, None, None),
                True,
                [
                    indicator("Jumlah dokumen", 4, (1, 1), 25.0, "Kurangnya tenaga ahli", "dokumen"),
                    indicator("Jumlah laporan", 0, (0, 0), None, "Adanya efisiensi dalam penganggaran", "laporan"),
                ],
            ),
            Code("kelurahan", f"{S1A}/Tompokersan", 500, (50, 50, None, None), uraian="Tompokersan", indicators=[indicator(None)]),
            Code("sub_kegiatan", S1B, 999.45, (None, 0, None, None), True, [indicator("Jumlah RKA", 8, (2, 3), 62.5)]),
            Code("program", P4, 700, (0, 0, None, None), indicators=[indicator("Trantib", 100, (None, None), None)]),
            Code("kegiatan", f"{P4}.2.01", 700, (None, 70, None, None), True, [indicator("Trantib kegiatan", 10, (1, 2), 20.0)]),
            Code("program", "7.01.99", 300, (30, None, None, None), True, [indicator("Tak dikenal", 10, (5, 6), 60.0)]),
            Code("total", "TOTAL", 4, (1, 1, None, None)),
        ],
        status=status,
        revisi_ke=revisi_ke,
        diterima_pada=dt.datetime(2024, 7, 5 + revisi_ke, 3),
        temuan=[
            {"aturan": "total_beda", "tingkat": "galat", "sel": "H20", "kode": "TOTAL", "status_temuan": "diterima"},
            {"aturan": "angka_ambigu", "tingkat": "peringatan", "sel": "H12", "kode": S1A, "status_temuan": "terbuka"},
            {"aturan": "kiriman_ganda", "tingkat": "info", "sel": None, "status_temuan": "terbuka"},
        ],
        narasi=[{"jenis": "pendorong_tujuan", "urutan": 1, "teks": "=SUM(A1)", "sel": "A30"}],
    )


def pasirian_tw2() -> Submission:
    """A sasaran that has no program, and a program of its own; three working days late (received after midnight in Jakarta)."""
    return Submission(
        PASIRIAN,
        2024,
        2,
        [
            Code("sasaran", "S1", 50, (5, 5, None, None), True, [indicator("Sasaran tanpa program", 10, (9,), 90.0)]),
            Code("program", P1, 100, (10, 20, None, None), True, [indicator("Pemenuhan", 100, (91,), 91.0, "Mendatang ada rapat")]),
        ],
        diterima_pada=dt.datetime(2024, 7, 16, 18),  # 17 July 01:00 in Jakarta
    )
