"""Units: every spelling of one unit is one unit; nothing is corrected without saying so."""

import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT
from pipelines.workbook.units import canonical_unit, is_count_unit, read_unit

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")
SPELLINGS = REFERENCES.ejaan_satuan


@pytest.mark.parametrize(
    ("text", "satuan"),
    [
        ("Dok", "dokumen"),
        ("DOK.", "dokumen"),
        ("Dokumen ", "dokumen"),
        ("lap.", "laporan"),
        ("Org", "orang"),
        ("keg", "kegiatan"),
        ("orang / bulan", "orang/bulan"),
        ("Org/Bln", "orang/bulan"),
        ("Orang/12 Bulan", "orang/12 bulan"),
        ("orang/12bulan", "orang/12 bulan"),
        ("%", "%"),
        ("Persen", "%"),
        ("prosen", "%"),
        ("Berita\xa0 Acara", "berita acara"),
        ("musholla", "musholla"),
        ("m2", "m²"),
        ("M²", "m²"),
        ("KM2", "km²"),
        ("m3/detik", "m³/detik"),
        ("kel", "kel"),
        ("", None),
        (None, None),
        (" - ", None),
        ("–", None),
    ],
)
def test_spellings(text: str | None, satuan: str | None) -> None:
    reading = read_unit(text, SPELLINGS)
    assert (reading.satuan, reading.certain) == (satuan, True)
    assert canonical_unit(text, SPELLINGS) == satuan


@pytest.mark.parametrize(("text", "satuan"), [("kelarga", "keluarga"), ("dokume", "dokumen"), ("lapporan", "laporan")])
def test_a_misspelling_is_taken_for_its_only_neighbour_and_says_so(text: str, satuan: str) -> None:
    reading = read_unit(text, SPELLINGS)
    assert (reading.satuan, reading.certain) == (satuan, False)
    assert canonical_unit(text, SPELLINGS) == text


def test_between_two_neighbours_nothing_is_guessed() -> None:
    assert read_unit("pakeet", {}, known=("pakett", "pakeer")).satuan == "pakeet"


@pytest.mark.parametrize("satuan", sorted(REFERENCES.akumulasi_satuan))
def test_declared_units_are_canonical(satuan: str) -> None:
    assert read_unit(satuan.upper(), SPELLINGS, known=REFERENCES.akumulasi_satuan).satuan == satuan


def test_only_whole_things_are_counted() -> None:
    assert all(map(is_count_unit, ("dokumen", "orang", "orang/12 bulan", "keluarga", "unit kerja")))
    assert not any(map(is_count_unit, ("%", "indeks", "nilai", "ha", "unitas", None)))
