"""Identity: every kecamatan in every way it is written, the kabupaten never for the kecamatan, and disagreement refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT
from pipelines.workbook.identity import CannotIdentify, evidence_from, identify, kecamatan_in
from pipelines.workbook.submission import Evidence, Identity

REFERENCES = load_references(PROJECT / "dbt_like_sql" / "seeds")
NAMES = REFERENCES.nama_kecamatan
LUMAJANG = next(kode for kode, name in NAMES.items() if name == "Lumajang")
FORMS = ["Kecamatan {}", "KECAMATAN {} KABUPATEN LUMAJANG", "Kec. {}", "kec.{}", "Kec {} Kab. Lumajang", "CAMAT {}", "Kecamatan : {}"]
FORMS += ["Evaluasi Hasil Renja Kecamatan {} Triwulan II Tahun 2024", "Plt. Camat {}", "Pemerintah Kabupaten Lumajang Kecamatan {}"]


def says(sumber: str, text: str) -> Evidence:
    return evidence_from(sumber, "A1", text, REFERENCES)


def settled(*evidence: Evidence) -> Identity:
    return identify(evidence, tahun_awal=2024, tahun_akhir=2030)


@given(st.sampled_from(sorted(NAMES)), st.sampled_from(FORMS), st.sampled_from([str, str.upper, str.lower]))
def test_every_name_in_every_form(kode: str, form: str, case: type[str]) -> None:
    matches = kecamatan_in(case(form.format(NAMES[kode])), NAMES)
    assert [(match.kode_kemendagri, match.exact) for match in matches] == [(kode, True)]


@given(st.sampled_from(sorted(NAMES)), st.data())
def test_one_edit_away_is_reported_and_never_another_kecamatan(kode: str, data: st.DataObject) -> None:
    name = NAMES[kode].lower()
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("aeiouknrst"))
    edited = data.draw(st.sampled_from([name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :]]))
    assume(edited != name)
    matches = kecamatan_in(f"Kecamatan {edited}", NAMES)
    assert all((match.kode_kemendagri, match.exact) == (kode, False) for match in matches)
    assert matches or len(edited) < 5


@given(st.sampled_from(sorted(NAMES)), st.integers(2024, 2030), st.integers(1, 4), st.sampled_from(["", "Kec. ", "kecamatan_", "E81-"]))
def test_paths(kode: str, tahun: int, triwulan: int, before: str) -> None:
    name = NAMES[kode].lower()
    for path in (f"{tahun}/tw{triwulan}/{before}{name}.xlsx", f"Kabupaten Lumajang/{before}{name}_TW{triwulan}_{tahun}.xls"):
        evidence = says("path", path)
        assert (evidence.kode_kemendagri, evidence.tahun, evidence.triwulan) == (kode, tahun, triwulan), path


@pytest.mark.parametrize(
    "text",
    [
        "Kabupaten Lumajang",
        "Pemerintah Kabupaten Lumajang",
        "Bupati Lumajang",
        "Bappeda Lumajang",
        "Lumajang",
        "Lumajang, 19 April 2024",
        "Desa Tempeh Lor",
        "Kelurahan Tompokersan",
        "a. Indikator : Kecamatan Tempeh",
        "Kecamatan Padang dan Kecamatan Tempeh",
        "Kecamatan Padang dan Tempeh",
        "Kecamatan Padang / Tempeh",
        "Perangkat Daerah : Lumajang",
    ],
)
def test_titles_that_name_no_kecamatan(text: str) -> None:
    assert says("judul", text).kode_kemendagri is None


def test_spaces_inside_and_name_in_a_cell_of_its_own() -> None:
    assert NAMES[says("judul", "KECAMATAN YOSO WILANGUN").kode_kemendagri or ""] == "Yosowilangun"
    assert NAMES[says("judul", ": Pasirian").kode_kemendagri or ""] == "Pasirian"
    assert says("lembar", "Lumajang TW II").kode_kemendagri == LUMAJANG


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Perangkat Daerah : KUNIR", "Kunir"),
        ("Nama SKPD: Kedung Jajang", "Kedungjajang"),
        ("OPD KUNIR", "Kunir"),
        ("K E C A M A T A N   K U N I R", "Kunir"),
        ("Kecamatan Kunir, Lumajang", "Kunir"),
    ],
)
def test_titles_that_name_one_in_another_way(text: str, name: str) -> None:
    assert NAMES[says("judul", text).kode_kemendagri or ""] == name


def test_titles_with_spaces_between_their_letters() -> None:
    evidence = says("judul", "T R I W U L A N   I I   T A H U N   2 0 2 4")
    assert (evidence.tahun, evidence.triwulan) == (2024, 2)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("KUNIR2024TW2.xlsx", "Kunir"),
        ("Lumajang/2024/tw2/E81.xlsx", None),  # the kabupaten's folder, or the kecamatan's
        ("Lumajang/2024/tw2/kunir.xlsx", "Kunir"),
        ("2024/tw2/Lumajang/E81.xlsx", "Lumajang"),
        ("2024/tw2/lumajang.xlsx", "Lumajang"),
    ],
)
def test_paths_in_other_ways(path: str, name: str | None) -> None:
    assert NAMES.get(says("path", path).kode_kemendagri or "") == name


def test_signature_and_column_20_say_nothing_of_the_period() -> None:
    for sumber in ("tanda_tangan", "kolom_20"):
        evidence = says(sumber, "Camat Tempeh, Triwulan I Tahun 2023")
        assert (evidence.tahun, evidence.triwulan) == (None, None)


def test_content_decides_and_the_path_fills_what_it_leaves_open() -> None:
    identity = settled(says("judul", "Kecamatan Tempeh"), says("tanda_tangan", "CAMAT TEMPEH"), says("path", "2024/tw2/x.xlsx"))
    assert (NAMES[identity.kode_kemendagri or ""], identity.tahun, identity.triwulan) == ("Tempeh", 2024, 2)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("judul", "Kecamatan Tempeh Triwulan II Tahun 2024"), ("tanda_tangan", "CAMAT KUNIR")),
        (("judul", "Kecamatan Tempeh Triwulan II Tahun 2024"), ("path", "2024/tw3/tempeh.xlsx")),
        (("judul", "Kecamatan Tempeh Triwulan II Tahun 2024"), ("path", "2025/tw2/tempeh.xlsx")),
        (("judul", "Kecamatan Tempeh Triwulan II Tahun 2024"), ("lembar", "TW I")),
    ],
)
def test_disagreement_shows_both_sides(one: tuple[str, str], two: tuple[str, str]) -> None:
    with pytest.raises(CannotIdentify) as refused:
        settled(says(*one), says(*two))
    assert refused.value.aturan == "identitas_bertentangan"
    assert one[1] in refused.value.pesan
    assert two[1] in refused.value.pesan


@pytest.mark.parametrize(
    ("texts", "aturan"),
    [
        (["Triwulan II Tahun 2024"], "kecamatan_tidak_dikenali"),
        (["Kecamatan Tempeh Triwulan II"], "periode_tidak_dikenali"),
        (["Kecamatan Tempeh Tahun 2024"], "periode_tidak_dikenali"),
        (["Kecamatan Tempeh Triwulan II Tahun 2019"], "periode_tidak_dikenali"),
        ([], "kecamatan_tidak_dikenali"),
    ],
)
def test_what_cannot_be_identified(texts: list[str], aturan: str) -> None:
    with pytest.raises(CannotIdentify) as refused:
        settled(*(says("judul", text) for text in texts))
    assert refused.value.aturan == aturan
