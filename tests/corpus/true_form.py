"""One true form: what a careful person knows stands in it, before any layout or spelling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

Figure = Decimal | None  # None: not stated; 0: nil
PAIR_NAMES = (
    "target_renstra",
    "realisasi_lalu",
    "target",
    "tw1",
    "tw2",
    "tw3",
    "tw4",
    "realisasi",
    "capaian",
    "renstra_realisasi",
    "renstra_capaian",
)


@dataclass(frozen=True)
class TrueRow:
    """One indicator row. Figures by pair name; Rp in rupiah; `capaian`, `renstra_capaian` in percent."""

    level: str
    kode: str | None
    indikator: str | None
    satuan: str | None
    sasaran: str | None = None
    uraian: str | None = None
    ke: int = 1
    k: dict[str, Figure] = field(default_factory=dict)
    rp: dict[str, Figure] = field(default_factory=dict)
    predikat: str | None = None
    kendala: str | None = None
    upaya: str | None = None
    penanggung_jawab: str | None = None


@dataclass(frozen=True)
class TrueForm:
    """A whole form."""

    kecamatan: str
    kode_kemendagri: str
    tahun: int
    triwulan: int
    rows: tuple[TrueRow, ...]
    rata_rata: Decimal = Decimal("45.5")
    predikat: str = "Sangat Rendah"
    pendorong_tujuan: tuple[str, ...] = ("Kerja sama yang baik", "Sarana yang memadai")
    pendorong_sasaran: tuple[str, ...] = ("Koordinasi yang baik",)
    penghambat_tujuan: tuple[str, ...] = ("Kurangnya tenaga",)
    penghambat_sasaran: tuple[str, ...] = ("Anggaran terlambat", "Data belum lengkap")
    tindak_lanjut_triwulan: tuple[str, ...] = ("Mempercepat penyerapan anggaran",)
    tindak_lanjut_renja: tuple[str, ...] = ("Menyusun jadwal lebih awal",)

    def with_row(self, index: int, **changes: object) -> TrueForm:
        """The same form with one row changed."""
        rows = list(self.rows)
        rows[index] = replace(rows[index], **changes)  # type: ignore[arg-type]
        return replace(self, rows=tuple(rows))


def _row(level, kode, uraian, indikator, satuan, target_k, k, money, *, ke=1, sasaran=None, pj=None, lalu_k=None) -> TrueRow:
    """A row with consistent figures: `k` and `money[1:]` are TW I and II, `money[0]` the target."""
    d = Decimal
    ks: dict[str, Figure] = {"target_renstra": None if target_k is None else d(target_k) * 3, "realisasi_lalu": lalu_k, "target": target_k}
    rps: dict[str, Figure] = {}
    if satuan == "%" and target_k is not None:
        ks["target_renstra"] = d(target_k)
    if k is not None:
        ks |= {"tw1": d(k[0]), "tw2": d(k[1]), "realisasi": d(k[0]) + d(k[1])}
        ks["capaian"] = ((d(k[0]) + d(k[1])) / d(target_k) * 100).quantize(d("0.01")) if target_k else None
        ks["renstra_realisasi"] = ks["realisasi"]
        ks["renstra_capaian"] = (
            (ks["realisasi"] / ks["target_renstra"] * 100).quantize(d("0.01")) if ks["target_renstra"] else None  # type: ignore[operator]
        )
    if money is not None:
        target, one, two = (d(m) for m in money)
        done = one + two
        rps = {"target_renstra": target * 3, "realisasi_lalu": target * 2, "target": target, "tw1": one, "tw2": two, "realisasi": done}
        rps["capaian"] = (done / target * 100).quantize(d("0.01")) if target else None
        rps["renstra_realisasi"] = done
        rps["renstra_capaian"] = (done / (target * 3) * 100).quantize(d("0.01")) if target else None
    return TrueRow(
        level, kode, indikator, satuan, sasaran, uraian, ke, ks, rps, "Sangat Rendah" if level != "total" else None, "Persiapan", None, pj
    )


PRG1 = "PROGRAM PENUNJANG URUSAN PEMERINTAHAN DAERAH KABUPATEN/KOTA"
KEG1 = "Perencanaan, Penganggaran, dan Evaluasi Kinerja Perangkat Daerah"
SUB1 = "Penyusunan Dokumen Perencanaan Perangkat Daerah"
PRG6 = "PROGRAM PEMBINAAN DAN PENGAWASAN PEMERINTAHAN DESA"

TRUE_FORM = TrueForm(
    "Pasirian",
    "35.08.04",
    2024,
    2,
    (
        _row(
            "sasaran",
            "S1",
            None,
            "Persentase hasil fasilitasi",
            "%",
            100,
            (20, 30),
            (90_000_000, 12_345_678, 21_000_000),
            sasaran="Meningkatnya pelayanan publik",
            pj="Kecamatan Pasirian",
        ),
        _row(
            "program",
            "7.01.01",
            PRG1,
            "Persentase pemenuhan operasional",
            "%",
            100,
            (25, 25),
            (80_000_000, 11_745_678, 20_000_000),
            pj="Camat",
        ),
        _row(
            "kegiatan",
            "7.01.01.2.01",
            KEG1,
            "Persentase dokumen tersusun",
            "%",
            100,
            (Decimal("12.5"), Decimal("6.25")),
            (80_000_000, 11_745_678, 20_000_000),
            pj="Sekcam",
        ),
        _row(
            "sub_kegiatan",
            "7.01.01.2.01.0001",
            SUB1,
            "Jumlah dokumen perencanaan",
            "dokumen",
            6,
            (1, 2),
            (45_500_000, 1_745_678, 9_000_000),
            pj="Kasubag Keuangan",
            lalu_k=Decimal(12),
        ),
        _row(
            "sub_kegiatan",
            "7.01.01.2.01.0002",
            "Koordinasi dan Penyusunan Dokumen RKA-SKPD",
            "Jumlah dokumen RKA",
            "dokumen",
            8,
            (0, 0),
            (34_500_000, 10_000_000, 11_000_000),
            pj="Kasubag Umum",
        ),
        _row("program", "7.01.06", PRG6, "Persentase desa RKPDes", "%", 100, (0, 50), None, pj="Kasi Pemerintahan"),
        _row("program", "7.01.06", None, "Persentase desa APBDes", "%", 100, (10, 20), (10_000_000, 600_000, 1_000_000), ke=2),
        _row("program", "7.01.06", None, "Persentase desa LPPDes", "%", 100, (30, 30), None, ke=3),
        _row(
            "kegiatan",
            "7.01.06.2.01",
            "Fasilitasi, Rekomendasi dan Koordinasi Pembinaan dan Pengawasan Pemerintahan Desa",
            "Jumlah fasilitasi",
            "orang/12 bulan",
            64,
            (64, 64),
            (10_000_000, 600_000, 1_000_000),
        ),
        _row(
            "sub_kegiatan",
            "7.01.06.2.01.0001",
            "Fasilitasi Penyusunan Peraturan Desa dan Peraturan Kepala Desa",
            "Jumlah keluarga",
            "keluarga",
            5856,
            (960, 1204),
            (10_000_000, 600_000, 1_000_000),
        ),
        _row("total", None, "TOTAL", None, None, None, None, (90_000_000, 12_345_678, 21_000_000)),
    ),
)
