"""Every rule, once: the expectations, `dim_aturan`, the dictionary, the annotated copy and every message are made from here.

Belongs here: what a rule is called, how grave it is, what it means, what to do about it and how its finding is worded.
Does not belong here: how a rule is decided (`deviations`, `history`), where a finding stands (`findings`).

The order of `RULES` is the order in which findings of one row are read: causes before consequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Tingkat(StrEnum):
    """How grave a rule is."""

    TOLAK = "tolak"  # the sheet is not loaded
    GALAT = "galat"  # provably wrong, or unreadable
    PERINGATAN = "peringatan"  # to be explained or corrected
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the contract (§5), or one of ours.

    `pesan` is a template: {tempat} (cell and what it is), {nilai} (what stands there), {harap} (what was expected), {rincian} (why, or '').
    """

    aturan: str
    tingkat: Tingkat
    judul: str
    penjelasan: str
    tindakan: str
    pesan: str

    def message(self, *, tempat: str, nilai: str | None = None, harap: str | None = None, rincian: str | None = None) -> str:
        """The finding's sentence, Indonesian: where, what stands there, what was expected, what to do."""
        text = self.pesan.format(
            tempat=tempat or "formulir", nilai=nilai or "kosong", harap=harap or "kosong", rincian=f" ({rincian})" if rincian else ""
        )
        return f"{text[:1].upper()}{text[1:]}; {self.tindakan[:1].lower()}{self.tindakan[1:]}"


_WRONG_FIGURE = "{tempat} tertulis {nilai}, seharusnya {harap}{rincian}"

_T, _G, _P, _I = Tingkat.TOLAK, Tingkat.GALAT, Tingkat.PERINGATAN, Tingkat.INFO

RULES: tuple[Rule, ...] = (
    # ---- refusals
    Rule(
        "berkas_tidak_terbaca",
        _T,
        "Berkas tidak terbaca",
        "Berkas bukan buku kerja yang utuh: kosong, terpotong, rusak, atau bukan Excel/ODS.",
        "Simpan ulang sebagai .xlsx lalu kirim kembali.",
        "{tempat} tidak dapat dibuka sebagai buku kerja{rincian}",
    ),
    Rule(
        "berkas_terkunci_sandi",
        _T,
        "Berkas terkunci sandi",
        "Buku kerja dilindungi kata sandi sehingga isinya tidak dapat dibaca.",
        "Hapus kata sandinya lalu kirim kembali.",
        "{tempat} terkunci kata sandi{rincian}",
    ),
    Rule(
        "berkas_terlalu_besar",
        _T,
        "Berkas terlalu besar",
        "Berkas, isinya setelah dibuka, jumlah lembar, baris atau kolomnya melampaui batas, atau terlalu lama dibaca.",
        "Hapus lembar, baris dan kolom yang tidak terpakai lalu kirim kembali.",
        "{tempat} melampaui batas{rincian}",
    ),
    Rule(
        "tata_letak_tidak_dikenal",
        _T,
        "Tata letak tidak dikenal",
        "Tidak ada lembar dengan baris nomor kolom maupun judul kolom formulir E.81.",
        "Pakai formulir E.81 dengan baris nomor kolom dan judul kolomnya.",
        "{tempat} tidak memuat tabel E.81 yang dikenali: ditemukan {nilai}, dicari {harap}{rincian}",
    ),
    Rule(
        "kecamatan_tidak_dikenali",
        _T,
        "Kecamatan tidak dikenali",
        "Judul, nama lembar, kolom 20, blok tanda tangan dan nama berkas tidak menyebut satu kecamatan di kabupaten ini.",
        "Tuliskan nama kecamatan pada judul formulir.",
        "{tempat} tidak menyebut kecamatan yang dikenali: tertulis {nilai}{rincian}",
    ),
    Rule(
        "periode_tidak_dikenali",
        _T,
        "Periode tidak dikenali",
        "Tahun atau triwulan tidak disebut di mana pun, atau tahunnya di luar rentang yang diterima.",
        "Tuliskan triwulan dan tahun pada judul formulir.",
        "{tempat} tidak menyebut triwulan dan tahun yang diterima: tertulis {nilai}, seharusnya {harap}{rincian}",
    ),
    Rule(
        "identitas_bertentangan",
        _T,
        "Identitas bertentangan",
        "Dua tempat pada buku kerja, atau buku kerja dan lokasi berkasnya, menyebut kecamatan, tahun atau triwulan yang berbeda.",
        "Samakan keduanya lalu kirim kembali.",
        "{tempat} menyebut {nilai}, tempat lain menyebut {harap}{rincian}",
    ),
    Rule(
        "tabel_kosong",
        _T,
        "Tabel kosong",
        "Tabel E.81 ditemukan, tetapi tidak satu baris pun berisi.",
        "Isi tabelnya lalu kirim kembali.",
        "{tempat} memuat tabel E.81 tanpa satu baris isi pun{rincian}",
    ),
    # ---- what could not be read: the cause of everything that cannot be said after it
    Rule(
        "sel_tidak_terbaca",
        _G,
        "Sel tidak terbaca",
        "Sel berisi tanda rusak (#, ###, #REF!, #DIV/0!, …), sehingga nilainya hilang dan dimuat sebagai kosong.",
        "Perbaiki rumusnya, lebarkan kolomnya, atau ketik ulang angkanya.",
        "{tempat} tertulis {nilai} sehingga angkanya tidak terbaca{rincian}",
    ),
    Rule(
        "bukan_angka",
        _G,
        "Bukan angka",
        "Kolom angka berisi kata-kata; nilainya dimuat sebagai kosong.",
        "Ganti dengan angka (nihil ditulis 0 atau -), dan pindahkan keterangannya ke kolom kendala.",
        "{tempat} tertulis “{nilai}”, seharusnya angka{rincian}",
    ),
    Rule(
        "rumus_tanpa_nilai",
        _G,
        "Rumus tanpa nilai",
        "Sel berisi rumus yang belum pernah dihitung dan tidak dapat kami hitung.",
        "Buka berkas di Excel, hitung ulang (F9), simpan, lalu kirim kembali.",
        "{tempat} berisi rumus {nilai} tanpa hasil hitungan{rincian}",
    ),
    Rule(
        "angka_ambigu",
        _P,
        "Angka bermakna ganda",
        "Angka dapat dibaca dengan dua cara (5.856 = lima ribu atau lima koma) dan tidak ada yang memutuskannya.",
        "Ketik sebagai angka, bukan teks.",
        "{tempat} tertulis {nilai}, yang dapat dibaca lebih dari satu cara{rincian}",
    ),
    Rule(
        "sel_tertutup",
        _P,
        "Angka tertutup sel gabungan",
        "Di bawah sel gabungan masih tersimpan angka yang tidak terlihat; angka itu tidak dimuat.",
        "Batalkan penggabungan selnya, lalu hapus angkanya atau tampilkan di selnya sendiri.",
        "{tempat} menyimpan angka {nilai} yang tidak terlihat{rincian}",
    ),
    Rule(
        "nama_kecamatan_salah_eja",
        _P,
        "Nama kecamatan salah eja",
        "Nama kecamatan berbeda satu huruf dari nama resminya; hanya satu kecamatan yang namanya sedekat itu.",
        "Betulkan ejaannya.",
        "{tempat} tertulis “{nilai}”, dibaca {harap}{rincian}",
    ),
    # ---- the form's structure
    Rule(
        "baris_tidak_dimuat",
        _P,
        "Baris tidak dimuat",
        "Baris berisi angka, tetapi bukan baris sasaran, program, kegiatan, sub kegiatan, kelurahan atau TOTAL yang dapat dikenali.",
        "Lengkapi kode dan uraiannya, atau hapus barisnya.",
        "{tempat} tertulis {nilai} pada baris yang tidak dimuat{rincian}",
    ),
    Rule(
        "kolom_tidak_dimuat",
        _P,
        "Kolom tidak dimuat",
        "Di antara kolom formulir ada kolom berisi angka tanpa nomor atau judul yang menjelaskannya, "
        "atau (tanpa nomor kolom) kolom teks berjudul lain.",
        "Beri judul menurut formulir E.81; pindahkan kolom bantu ke kanan tabel, atau hapus.",
        "{tempat} tertulis {nilai} pada kolom yang tidak dimuat{rincian}",
    ),
    Rule(
        "teks_bergeser",
        _P,
        "Teks di kolom yang salah",
        "Indikator atau sasaran tertulis di kolom lain, sedangkan kolomnya sendiri kosong; dibaca sebagaimana mestinya.",
        "Pindahkan teksnya ke kolom yang disebut.",
        "{tempat} tertulis “{nilai}”, seharusnya di kolom {harap}{rincian}",
    ),
    Rule(
        "kode_ganda",
        _G,
        "Kode ganda",
        "Satu kode berdiri pada dua tempat di tabel; yang kedua disimpan sebagai kode#2.",
        "Hapus barisnya yang rangkap atau betulkan kodenya.",
        "{tempat} mengulang kode {nilai} yang sudah ada{rincian}",
    ),
    Rule(
        "induk_tidak_ada",
        _G,
        "Induk tidak ada",
        "Kegiatan tanpa baris program, atau sub kegiatan tanpa baris kegiatan, yang kodenya menjadi awalannya.",
        "Tambahkan baris induknya atau betulkan kodenya.",
        "{tempat} tertulis {nilai}, padahal baris induknya {harap} tidak ada{rincian}",
    ),
    Rule(
        "kode_tidak_dikenal",
        _P,
        "Kode tidak dikenal",
        "Kode tidak ada dalam nomenklatur (Kepmendagri 900.1.15.5-1317/2023) yang berlaku pada tahun laporan.",
        "Betulkan kodenya menurut nomenklatur.",
        "{tempat} tertulis kode {nilai} yang tidak ada dalam nomenklatur tahun laporan{rincian}",
    ),
    Rule(
        "uraian_beda_nomenklatur",
        _P,
        "Uraian berbeda dari nomenklatur",
        "Nama program, kegiatan atau sub kegiatan tidak sama dengan nama resmi kodenya: salah ketik, atau nama kegiatan lain.",
        "Tulis nama resminya, atau betulkan kodenya.",
        "{tempat} tertulis “{nilai}”, nama resminya “{harap}”{rincian}",
    ),
    Rule(
        "indikator_beda_nomenklatur",
        _I,
        "Indikator berbeda dari nomenklatur",
        "Indikator sub kegiatan tidak sama dengan indikator resmi kodenya.",
        "Pastikan indikatornya memang dimaksud.",
        "{tempat} tertulis “{nilai}”, indikator resminya “{harap}”{rincian}",
    ),
    Rule(
        "satuan_beda_nomenklatur",
        _I,
        "Satuan berbeda dari nomenklatur",
        "Satuan sub kegiatan tidak sama dengan satuan resmi kodenya.",
        "Pastikan satuannya memang dimaksud.",
        "{tempat} memakai satuan {nilai}, satuan resminya {harap}{rincian}",
    ),
    Rule(
        "satuan_salah_eja",
        _I,
        "Satuan salah eja",
        "Satuan berbeda satu huruf dari satuan yang dikenal dan dibaca sebagai satuan itu.",
        "Betulkan ejaannya; bila memang satuan lain, Bappeda menambahkannya di satuan.csv.",
        "{tempat} tertulis {nilai}, dibaca {harap}{rincian}",
    ),
    Rule(
        "satuan_tidak_seragam",
        _P,
        "Satuan tidak seragam",
        "Target, realisasi dan triwulan satu indikator memakai satuan yang berbeda.",
        "Samakan satuannya.",
        "{tempat} memakai satuan {nilai}, sedangkan barisnya {harap}{rincian}",
    ),
    Rule(
        "rupiah_ganda",
        _G,
        "Rupiah ganda dalam satu kode",
        "Beberapa baris indikator satu kode memuat angka rupiah yang berbeda; yang pertama yang dihitung.",
        "Sisakan satu angka rupiah untuk satu kode.",
        "{tempat} tertulis {nilai}, padahal kode yang sama sudah memuat {harap}{rincian}",
    ),
    Rule(
        "jenis_indikator_belum_ditetapkan",
        _P,
        "Jenis indikator belum ditetapkan",
        "Indikator bersatuan % dapat dijumlahkan atau diambil posisi akhirnya; selama belum ditetapkan dipakai posisi akhir.",
        "Kecamatan tidak perlu mengubah apa pun; Bappeda yang menetapkannya di jenis_indikator.csv.",
        "{tempat} bersatuan % dan jenis akumulasinya belum ditetapkan; realisasi dihitung sebagai posisi akhir{rincian}",
    ),
    # ---- a figure by itself
    Rule(
        "nilai_negatif",
        _G,
        "Nilai negatif",
        "Target, realisasi dan capaian tidak dapat kurang dari nol.",
        "Periksa dan betulkan angkanya.",
        "{tempat} tertulis {nilai}, seharusnya tidak kurang dari nol{rincian}",
    ),
    Rule(
        "triwulan_belum_berjalan_terisi",
        _P,
        "Triwulan belum berjalan terisi",
        "Realisasi triwulan sesudah triwulan laporan sudah terisi; tidak ikut dihitung.",
        "Kosongkan triwulan yang belum berjalan, atau betulkan triwulan pada judul.",
        "{tempat} tertulis {nilai}, padahal triwulannya belum berjalan{rincian}",
    ),
    # ---- arithmetic: sums, of a row and across rows, before the ratios that are made of them
    Rule(
        "realisasi_bukan_jumlah_triwulan",
        _G,
        "Realisasi bukan jumlah triwulan",
        "Realisasi tahun berjalan tidak sama dengan jumlah triwulannya (K: menurut jenis akumulasi indikatornya).",
        "Betulkan angkanya atau angka triwulannya.",
        _WRONG_FIGURE,
    ),
    Rule(
        "jumlah_anak_beda",
        _G,
        "Jumlah anak berbeda",
        "Rupiah sasaran, program atau kegiatan tidak sama dengan jumlah baris di bawahnya.",
        "Cocokkan dengan rincian di bawahnya.",
        "{tempat} tertulis {nilai}, jumlah baris di bawahnya {harap}{rincian}",
    ),
    Rule(
        "total_beda",
        _G,
        "TOTAL berbeda",
        "Baris TOTAL tidak sama dengan jumlah baris sasaran (atau program).",
        "Hitung ulang TOTAL.",
        "{tempat} tertulis {nilai}, jumlah semua sasaran {harap}{rincian}",
    ),
    Rule(
        "capaian_salah_hitung",
        _G,
        "Capaian salah hitung",
        "Tingkat capaian tidak sama dengan realisasi tahun berjalan dibagi target × 100.",
        "Hitung ulang capaiannya.",
        _WRONG_FIGURE,
    ),
    Rule(
        "renstra_salah_hitung",
        _G,
        "Realisasi atau capaian Renstra salah hitung",
        "Realisasi Renstra s/d tahun berjalan, atau capaiannya terhadap target akhir Renstra, tidak sesuai perhitungan tahun Renstra itu.",
        "Hitung ulang angkanya.",
        _WRONG_FIGURE,
    ),
    Rule(
        "rata_rata_beda",
        _P,
        "Rata-rata capaian berbeda",
        "Rata-rata capaian kinerja pada kaki tabel tidak sama dengan rata-rata capaian K indikator program.",
        "Hitung ulang rata-ratanya.",
        "{tempat} (rata-rata capaian kinerja) tertulis {nilai}, seharusnya {harap}{rincian}",
    ),
    # ---- judgements
    Rule(
        "predikat_tanpa_target",
        _P,
        "Predikat tanpa target",
        "Baris tanpa target kinerja tidak dapat diberi predikat.",
        "Kosongkan predikatnya atau isi targetnya.",
        "{tempat} tertulis {nilai}, padahal target kinerjanya kosong atau nihil{rincian}",
    ),
    Rule(
        "predikat_tidak_sesuai",
        _P,
        "Predikat tidak sesuai",
        "Predikat tidak sesuai skala T-E.1 (Permendagri 86/2017) untuk capaian kinerjanya.",
        "Sesuaikan predikatnya.",
        _WRONG_FIGURE,
    ),
    Rule(
        "realisasi_tanpa_target",
        _P,
        "Realisasi tanpa target",
        "Ada realisasi tahun berjalan, padahal targetnya kosong atau nihil.",
        "Isi targetnya, atau betulkan realisasinya.",
        "{tempat} tertulis {nilai}{rincian}, padahal targetnya kosong atau nihil",
    ),
    Rule(
        "realisasi_melebihi_pagu",
        _P,
        "Realisasi melebihi pagu",
        "Realisasi anggaran tahun berjalan lebih besar daripada pagunya.",
        "Periksa realisasi dan pagunya.",
        "{tempat} tertulis {nilai}{rincian}, melebihi pagu {harap}",
    ),
    Rule(
        "anggaran_tanpa_kinerja",
        _P,
        "Anggaran tanpa kinerja",
        "Anggaran sudah terserap tahun ini, tetapi tidak satu indikator pun punya realisasi kinerja.",
        "Isi realisasi kinerjanya atau jelaskan di kolom kendala.",
        "{tempat} tertulis {nilai}{rincian}, padahal realisasi kinerjanya nihil",
    ),
    Rule(
        "kinerja_tanpa_anggaran",
        _P,
        "Kinerja tanpa anggaran",
        "Kinerja sudah terealisasi tahun ini, tetapi anggarannya belum terserap sama sekali.",
        "Isi realisasi anggarannya atau jelaskan di kolom kendala.",
        "{tempat} tertulis {nilai}{rincian}, padahal realisasi anggarannya nihil",
    ),
    Rule(
        "capaian_di_atas_100",
        _I,
        "Capaian di atas 100 %",
        "Tingkat capaian kinerja melebihi 100 %.",
        "Pastikan target dan realisasinya benar.",
        "{tempat} menunjukkan capaian kinerja {nilai} %{rincian}",
    ),
    # ---- against the quarter before
    Rule(
        "isi_sama_triwulan_lalu",
        _P,
        "Isi sama dengan triwulan lalu",
        "Semua angka sama dengan kiriman triwulan lalu dan triwulan laporan belum terisi: mungkin berkas lama dengan judul baru.",
        "Kirim formulir yang sudah diisi untuk triwulan laporan.",
        "{tempat} sama isinya dengan kiriman {nilai}{rincian}",
    ),
    Rule(
        "triwulan_lalu_berubah",
        _P,
        "Triwulan lalu berubah",
        "Realisasi triwulan yang sudah ditutup berbeda dari yang dilaporkan pada kiriman triwulan lalu.",
        "Jelaskan perubahannya, atau kembalikan angkanya.",
        "{tempat} tertulis {nilai}, pada kiriman triwulan lalu {harap}{rincian}",
    ),
    Rule(
        "target_berubah",
        _P,
        "Target berubah",
        "Target Renja berbeda dari kiriman triwulan lalu (sah bila ada Renja Perubahan).",
        "Pastikan ada Renja Perubahan, atau kembalikan targetnya.",
        "{tempat} tertulis {nilai}, pada kiriman triwulan lalu {harap}{rincian}",
    ),
    Rule(
        "baris_baru",
        _I,
        "Baris baru",
        "Kode atau indikator ini tidak ada pada kiriman triwulan lalu.",
        "Pastikan memang baru.",
        "{tempat} tidak ada pada kiriman triwulan lalu: {nilai}{rincian}",
    ),
    Rule(
        "baris_hilang",
        _I,
        "Baris hilang",
        "Kode atau indikator pada kiriman triwulan lalu tidak ada lagi.",
        "Pastikan memang dihapus.",
        "{tempat} tidak lagi memuat {harap} yang ada pada kiriman triwulan lalu{rincian}",
    ),
    # ---- of the submission
    Rule(
        "tanggal_sebelum_akhir_triwulan",
        _P,
        "Tanggal sebelum akhir triwulan",
        "Formulir ditandatangani sebelum triwulan laporan berakhir.",
        "Betulkan tanggalnya, atau kirim ulang setelah triwulan berakhir.",
        "{tempat} (tanggal tanda tangan) tertulis {nilai}, padahal triwulan laporan baru berakhir {harap}{rincian}",
    ),
    Rule(
        "terlambat_lapor",
        _I,
        "Terlambat lapor",
        "Formulir diterima sesudah batas waktu pelaporan.",
        "Tidak perlu dilakukan apa-apa pada formulir.",
        "{tempat} diterima {nilai}, batasnya {harap}{rincian}",
    ),
    Rule(
        "revisi",
        _I,
        "Revisi",
        "Kiriman ini menggantikan kiriman terdahulu untuk kecamatan dan triwulan yang sama.",
        "Tidak perlu dilakukan apa-apa.",
        "{tempat} adalah revisi ke-{nilai}{rincian}",
    ),
    Rule(
        "lembar_rangkap",
        _P,
        "Lembar rangkap",
        "Satu berkas memuat dua tabel untuk kecamatan dan triwulan yang sama dengan isi berbeda; hanya satu yang dihitung.",
        "Sisakan satu lembar (sembunyikan atau hapus yang lain), lalu kirim kembali.",
        "{tempat} memuat kecamatan dan triwulan yang sama dengan {nilai}, tetapi isinya berbeda{rincian}",
    ),
    Rule(
        "kiriman_ganda",
        _I,
        "Kiriman ganda",
        "Berkas yang isinya persis sama sudah diterima; dihitung satu kali.",
        "Tidak perlu dilakukan apa-apa.",
        "{tempat} isinya sama dengan kiriman {nilai}{rincian}",
    ),
)

BY_ID = {rule.aturan: rule for rule in RULES}
PRIORITY = {rule.aturan: position for position, rule in enumerate(RULES)}
"""Causes before consequences."""

UNREADABLE = ("sel_tidak_terbaca", "bukan_angka", "rumus_tanpa_nilai", "angka_ambigu")
"""Reading rules after which a cell's figure is unknown: nothing that needs it can be proven."""


def aturan_frame() -> pd.DataFrame:
    """The catalogue as the `aturan` frame: aturan, tingkat, judul, penjelasan, tindakan; one row a rule, in order of priority."""
    import pandas as pd

    columns = ("aturan", "tingkat", "judul", "penjelasan", "tindakan")
    return pd.DataFrame({name: [str(getattr(rule, name)) for rule in RULES] for name in columns}, dtype="string")
