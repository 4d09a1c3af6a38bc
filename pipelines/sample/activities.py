"""What a kecamatan plans and writes, in words: sasaran, indicators of programs and kegiatan, obstacles, narratives.

Official titles of programs, kegiatan and sub kegiatan, and a sub kegiatan's indicator, come from the nomenclature; what is here the decree
leaves to the kecamatan. Every % indicator is declared in the reference table jenis_indikator.csv (a test compares the two).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator that the kecamatan set itself."""

    indikator: str
    formulasi: str
    satuan: str = "%"
    akumulasi: str = "posisi_akhir"
    polaritas: str = "naik"


@dataclass(frozen=True, slots=True)
class Sasaran:
    """One sasaran, and the programs that serve it."""

    kode: str
    uraian: str
    indikator: Indicator
    program: tuple[str, ...]


SASARAN = (
    Sasaran(
        "S1",
        "Meningkatnya kualitas penyelenggaraan pemerintahan dan pelayanan publik di kecamatan",
        Indicator(
            "Persentase layanan kecamatan yang memenuhi standar pelayanan",
            "Jumlah layanan yang memenuhi standar dibagi jumlah seluruh layanan x 100 %",
        ),
        ("7.01.01", "7.01.02"),
    ),
    Sasaran(
        "S2",
        "Meningkatnya pemberdayaan masyarakat serta ketenteraman dan ketertiban umum",
        Indicator(
            "Persentase koordinasi kemasyarakatan dan ketertiban yang ditindaklanjuti",
            "Jumlah koordinasi yang ditindaklanjuti dibagi jumlah koordinasi x 100 %",
        ),
        ("7.01.03", "7.01.04", "7.01.05"),
    ),
    Sasaran(
        "S3",
        "Meningkatnya akuntabilitas penyelenggaraan pemerintahan desa",
        Indicator(
            "Persentase desa dengan dokumen administrasi lengkap dan tepat waktu",
            "Jumlah desa dengan dokumen lengkap dan tepat waktu dibagi jumlah desa x 100 %",
        ),
        ("7.01.06",),
    ),
)


def _share(of: str, **more: str) -> Indicator:
    return Indicator(f"Persentase {of}", f"Jumlah {of} yang terlaksana dibagi jumlah yang direncanakan x 100 %", **more)


PROGRAM: dict[str, tuple[Indicator, ...]] = {
    "7.01.01": (_share("kebutuhan operasional perkantoran yang terpenuhi", akumulasi="rata_rata"),),
    "7.01.02": (_share("penyelenggaraan pelayanan publik kecamatan yang terlaksana"),),
    "7.01.03": (_share("lembaga dan kelompok masyarakat yang diberdayakan"),),
    "7.01.04": (_share("koordinasi ketenteraman dan ketertiban umum yang terlaksana"),),
    "7.01.05": (_share("penugasan urusan pemerintahan umum yang terlaksana", akumulasi="maksimum"),),
    "7.01.06": (
        Indicator(
            "Persentase desa yang menetapkan RKPDesa tepat waktu", "Jumlah desa yang menetapkan tepat waktu dibagi jumlah desa x 100 %"
        ),
        Indicator(
            "Persentase desa yang menetapkan APBDesa tepat waktu", "Jumlah desa yang menetapkan tepat waktu dibagi jumlah desa x 100 %"
        ),
        Indicator(
            "Persentase desa yang menyampaikan LPPDesa tepat waktu", "Jumlah desa yang menyampaikan tepat waktu dibagi jumlah desa x 100 %"
        ),
    ),
}
"""Indicators of each program."""

KEGIATAN: dict[str, Indicator] = {
    "7.01.01.2.01": _share("dokumen perencanaan, penganggaran, dan evaluasi yang tersusun"),
    "7.01.01.2.02": _share("layanan administrasi keuangan yang terlaksana", akumulasi="rata_rata"),
    "7.01.01.2.03": _share("administrasi barang milik daerah yang tertib"),
    "7.01.01.2.05": _share("layanan administrasi kepegawaian yang terlaksana"),
    "7.01.01.2.06": _share("kebutuhan administrasi umum yang terpenuhi"),
    "7.01.01.2.07": _share("pengadaan barang milik daerah yang terlaksana"),
    "7.01.01.2.08": _share("jasa penunjang urusan pemerintahan yang tersedia", akumulasi="rata_rata"),
    "7.01.01.2.09": _share("barang milik daerah dalam kondisi terpelihara"),
    "7.01.02.2.01": _share("koordinasi kegiatan pemerintahan yang ditindaklanjuti"),
    "7.01.02.2.02": Indicator(
        "Rata-rata waktu penyelesaian layanan administrasi",
        "Jumlah menit penyelesaian seluruh layanan dibagi jumlah layanan",
        satuan="menit",
        polaritas="turun",
    ),
    "7.01.02.2.03": _share("prasarana dan sarana pelayanan umum yang dikoordinasikan pemeliharaannya"),
    "7.01.02.2.04": _share("urusan yang dilimpahkan kepada camat yang terlaksana", akumulasi="maksimum"),
    "7.01.03.2.01": _share("musyawarah perencanaan desa yang difasilitasi"),
    "7.01.03.2.02": _share("kegiatan pemberdayaan kelurahan yang terlaksana"),
    "7.01.03.2.03": _share("lembaga kemasyarakatan yang aktif"),
    "7.01.03.2.06": _share("sasaran pembinaan kesejahteraan keluarga yang terjangkau"),
    "7.01.04.2.01": Indicator(
        "Jumlah fasilitasi koordinasi ketenteraman dan ketertiban", "Jumlah fasilitasi yang terlaksana", "Fasilitas", "kumulatif"
    ),
    "7.01.04.2.02": Indicator(
        "Jumlah fasilitasi penegakan peraturan daerah", "Jumlah fasilitasi yang terlaksana", "Fasilitas", "kumulatif"
    ),
    "7.01.05.2.01": Indicator("Jumlah fasilitasi penugasan kepala daerah", "Jumlah fasilitasi yang terlaksana", "Fasilitas", "kumulatif"),
    "7.01.06.2.01": _share("fasilitasi, rekomendasi, dan koordinasi pembinaan desa yang terlaksana"),
}
"""The indicator of each kegiatan that a kecamatan of this regency carries out."""

ONLY_WITH_KELURAHAN = frozenset({"7.01.03.2.02"})

KENDALA = (
    ("Penetapan SB baru selesai pada akhir triwulan", "Mempercepat pelaksanaan pada triwulan berikutnya"),
    ("Adanya efisiensi anggaran sehingga sebagian belanja ditunda", "Melaksanakan kegiatan menurut skala prioritas"),
    ("Jadwal pelaksanaan bergeser ke triwulan berikutnya", "Menyusun ulang jadwal pelaksanaan kegiatan"),
    ("Terbatasnya SDM pengelola kegiatan", "Membagi tugas dan mengadakan bimbingan teknis"),
    ("Data pendukung dari desa belum lengkap", "Mengingatkan desa secara berkala"),
    ("Sarana dan prasarana pendukung belum memadai", "Mengusulkan pengadaan pada perubahan anggaran"),
    ("Koordinasi dengan instansi terkait belum optimal", "Mengadakan rapat koordinasi lintas sektor"),
    ("Partisipasi masyarakat masih rendah", "Melakukan sosialisasi ke wilayah"),
)
"""Obstacles (column 18) and what is done about them (column 19)."""

TIDAK_DIANGGARKAN = "Tidak dianggarkan"

NARASI: dict[str, tuple[str, ...]] = {
    "pendorong_tujuan": (
        "Pelayanan diberikan secara maksimal dengan memperhatikan kebutuhan masyarakat",
        "Komunikasi dengan masyarakat terjalin baik secara langsung maupun daring",
        "Pemeliharaan sarana pelayanan dilakukan menurut skala prioritas",
    ),
    "pendorong_sasaran": (
        "Koordinasi yang baik antara tim kecamatan dan perangkat desa",
        "Kerja sama yang baik antarseksi di kecamatan",
        "Jadwal kegiatan disusun sejak awal tahun",
    ),
    "penghambat_tujuan": (
        "Kesadaran masyarakat akan pentingnya dokumen kependudukan masih kurang",
        "Sarana dan prasarana pelayanan belum optimal",
    ),
    "penghambat_sasaran": (
        "SDM desa yang menguasai administrasi masih terbatas",
        "Laporan administrasi desa belum seluruhnya disampaikan tepat waktu",
        "Pelaporan aset dan keuangan belum terintegrasi",
    ),
    "tindak_lanjut_triwulan": ("Meningkatkan penyerapan anggaran sesuai jadwal yang sudah ditentukan",),
    "tindak_lanjut_renja": ("Menetapkan tenggat laporan administrasi desa dan mengingatkannya secara berkala",),
}

PENANGGUNG_JAWAB = {
    "7.01.01.2.02": "Kasubag Keuangan",
    "7.01.01": "Kasubag Umum dan Kepegawaian",
    "7.01.02": "Kasi Pelayanan Umum",
    "7.01.03": "Kasi Pemberdayaan Masyarakat",
    "7.01.04": "Kasi Ketenteraman dan Ketertiban",
    "7.01.05": "Kasi Pemerintahan",
    "7.01.06": "Kasi Pemerintahan",
}
"""Code prefix → office that answers for a sub kegiatan; the longest prefix counts."""
