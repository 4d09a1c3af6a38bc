import csv
import shutil
from pathlib import Path

import pytest

from pipelines.reference.tables import ReferenceError, indicator_key, load_references
from pipelines.settings import PROJECT

SEEDS = PROJECT / "dbt_like_sql" / "seeds"
OFFICIAL = PROJECT.parent / "shared" / "reference"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "acuan"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_seeds_carry_the_decrees_facts() -> None:
    references = load_references(SEEDS)
    assert len(references.kecamatan) == 21
    assert sum(k.jumlah_desa for k in references.kecamatan) == 198
    assert [k.nama for k in references.kecamatan if k.jumlah_kelurahan] == ["Lumajang"]
    assert len(references.nomenklatur) == 227
    assert references.known_codes(2024)["7.01.01.2.01.0001"].uraian == "Penyusunan Dokumen Perencanaan Perangkat Daerah"


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="../shared is not here")
def test_seeds_equal_the_official_lists() -> None:
    for seed, official in (("kecamatan.csv", "kecamatan_lumajang.csv"), ("nomenklatur.csv", "nomenklatur_7_01.csv")):
        ours = [line.rstrip(",") for line in (SEEDS / seed).read_text(encoding="utf-8").splitlines()[1:]]
        theirs = [line.rstrip(",") for line in (OFFICIAL / official).read_text(encoding="utf-8").splitlines()[1:]]
        assert ours == theirs


def test_nomenclature_is_versioned_by_year() -> None:
    references = load_references(SEEDS)
    assert "7.01.01.2.01.0008" not in references.known_codes(2025)
    assert "7.01.01.2.01.0008" in references.known_codes(2026)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("kecamatan.csv", "35.08.02,", "350802,", ("kecamatan.csv baris 3", "kode_kemendagri", "350802", "35.08.01")),
        ("kecamatan.csv", "35.08.02,", "35.08.01,", ("kecamatan.csv baris 3", "baris 2")),
        ("nomenklatur.csv", ",bidang,", ",bidan,", ("nomenklatur.csv baris 2", "level", "bidan")),
        ("skala_predikat.csv", "91", "9l", ("skala_predikat.csv baris 2", "batas_bawah", "9l")),
        ("skala_predikat.csv", "91,,1", "90,,1", ("skala_predikat.csv baris 3 kolom batas_atas", "91", "90")),
        ("skala_predikat.csv", "91,,1", ",,1", ("skala_predikat.csv baris 2 kolom batas_bawah",)),
        ("skala_predikat.csv", "66,76,3", "67,76,3", ("skala_predikat.csv baris 5 kolom batas_atas", "66", "67")),
        ("skala_predikat.csv", "66,76,3", "66,76,2", ("skala_predikat.csv baris 4 kolom urutan", "2")),
        ("skala_predikat.csv", ",51,5", "0,51,5", ("skala_predikat.csv baris 6 kolom batas_bawah", "kosong")),
        ("jenis_indikator.csv", "7.01.01,", "7.1.1,", ("jenis_indikator.csv baris 5 kolom kode", "7.1.1")),
        ("toleransi.csv", "rupiah,1", "rupiah,100", ("toleransi.csv baris 2 kolom batas", "100", "1")),
        ("toleransi.csv", "rupiah,1", "rupiah,0", ("toleransi.csv baris 2 kolom batas", "0")),
        ("toleransi.csv", "digit_terakhir,0.5\n", "", ("toleransi.csv kolom ukuran", "digit_terakhir")),
        ("satuan.csv", "posisi_akhir", "posisi akhir", ("satuan.csv baris 2", "jenis_akumulasi", "kumulatif")),
        ("batas_serapan.csv", "9,40,60", "13,40,60", ("batas_serapan.csv baris 3", "bulan", "13")),
        ("batas_serapan.csv", "9,40,60", "9,60,40", ("batas_serapan.csv baris 3", "batas_atas", "40", "60")),
        ("batas_serapan.csv", "9,40,60", "9,,60", ("batas_serapan.csv baris 3", "batas_bawah")),
        ("batas_serapan.csv", "9,40,60", "6,40,60", ("batas_serapan.csv baris 3", "bulan", "baris 2")),
        ("kategori_kendala.csv", "anggaran|dana", "anggaran||dana", ("kategori_kendala.csv baris 2", "kata_kunci", "kosong")),
        ("kategori_kendala.csv", "anggaran|dana", "anggaran|(dana", ("kategori_kendala.csv baris 2", "kata_kunci", "(dana")),
        ("kategori_kendala.csv", "2,waktu", "1,waktu", ("kategori_kendala.csv baris 3", "urutan", "baris 2")),
        ("kategori_kendala.csv", "kata_kunci", "kata", ("kategori_kendala.csv baris 1", "kata_kunci")),
        ("kecamatan.csv", "3508020", "3508010", ("kecamatan.csv baris 3 kolom kode_bps", "baris 2")),
        ("kecamatan.csv", "Pronojiwo", "tempursari", ("kecamatan.csv baris 3 kolom nama", "baris 2")),
        ("nomenklatur.csv", "0001,7.01.01.2.01.01", "0001,7.01.01.2.01.02", ("nomenklatur.csv baris 5 kolom kode_2_digit", "2.01.01.")),
        ("nomenklatur.csv", "7.01.01,program", "7.01.01,kegiatan", ("nomenklatur.csv baris 3 kolom level", "kegiatan", "program")),
        ("nomenklatur.csv", ",Dokumen,2024", ",,2024", ("nomenklatur.csv baris 5 kolom satuan",)),
        ("nomenklatur.csv", "KECAMATAN,,,2024,", "KECAMATAN,,,2024,2023", ("nomenklatur.csv baris 2 kolom berlaku_sampai", "2023", "2024")),
        (
            "nomenklatur.csv",
            "7.01.01,7.01.01,program,",
            "7.01,7.01,bidang,X,,,2026,\n7.01.01,7.01.01,program,",
            ("baris 3 kolom berlaku_sejak",),
        ),
        ("satuan_ejaan.csv", "dok,dokumen", "dok,dokumnen", ("satuan_ejaan.csv baris 5 kolom satuan", "dokumnen", "satuan.csv")),
        ("satuan_ejaan.csv", "dok,dokumen", "paket,dokumen", ("satuan_ejaan.csv baris 5 kolom ejaan", "paket")),
        ("tenggat.csv", "batas_lapor\n", "batas_lapor\n2024,4,2024-12-31\n", ("tenggat.csv baris 2 kolom batas_lapor", "2025-01-01")),
        ("tenggat.csv", "tahun,triwulan", "tahun;triwulan", ("tenggat.csv baris 1", "titik koma", "koma")),
        ("tahun.csv", "mode_renstra", "mode", ("tahun.csv baris 1", "mode_renstra")),
        ("tahun.csv", "2024,tahun_pertama", "2024,tahun_pertama,x", ("tahun.csv baris 2",)),
    ],
)
def test_a_wrong_cell_names_file_line_and_column(folder: Path, name: str, old: str, new: str, said: tuple[str, ...]) -> None:
    replace(folder / name, old, new)
    with pytest.raises(ReferenceError) as raised:
        load_references(folder)
    for part in said:
        assert part in str(raised.value)


_EXAMPLES = {"tenggat": "2024,2,2024-07-15"}  # of a seed without a line
_MAY_BE_EMPTY = {("nomenklatur", "berlaku_sampai"), ("skala_predikat", "batas_atas"), ("nomenklatur", "indikator")}
_OPTIONAL = _MAY_BE_EMPTY | {("nomenklatur", "satuan")}  # of the line that is spoilt


@pytest.mark.parametrize("table", sorted(path.stem for path in SEEDS.glob("*.csv")))
def test_every_column_of_every_table_is_checked(folder: Path, table: str) -> None:
    path = folder / f"{table}.csv"
    header, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
    at = next((number for number, line in enumerate(lines) if all(line[:-1])), 0)  # a line that says everything it can
    lines = lines or [_EXAMPLES[table].split(",")]
    for place, column in enumerate(header):
        for bad in ("#REF!", "-", "\ufffd", *(() if (table, column) in _OPTIONAL else ("",))):
            spoilt = [list(line) for line in lines]
            spoilt[at][place] = bad
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *spoilt])
            with pytest.raises(ReferenceError) as raised:
                load_references(folder)
            assert f"{table}.csv baris {at + 2} kolom {column}: tertulis “{bad}”" in str(raised.value)


def test_fingerprint_follows_the_content(folder: Path) -> None:
    before = load_references(folder).fingerprint
    assert load_references(folder).fingerprint == before
    replace(folder / "satuan.csv", "unit,kumulatif", "unit,maksimum")
    assert load_references(folder).fingerprint != before


def test_an_indicator_is_found_whatever_its_case_and_spacing(folder: Path) -> None:
    (folder / "jenis_indikator.csv").write_text(
        "kode,indikator,jenis_akumulasi,polaritas\n7.01.04,Jumlah Laporan  Hasil,maksimum,turun\n*,Indeks Pelayanan,rata_rata,naik\n",
        encoding="utf-8",
    )
    references = load_references(folder)
    declared = references.declared_indicator("7.01.04", " jumlah laporan hasil ")
    assert declared is not None
    assert (declared.jenis_akumulasi, declared.polaritas) == ("maksimum", "turun")
    assert references.declared_indicator("7.01.05", "Jumlah Laporan Hasil") is None
    assert references.declared_indicator("7.01.05", "INDEKS PELAYANAN") is not None
    assert indicator_key(None) == ""
