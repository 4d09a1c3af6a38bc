"""Where name and NIP stand, and what only looks like them."""

from __future__ import annotations

import pytest

from pipelines.reports.correction.signature import find_signature

DATE, OFFICE = "Lumajang, 5 Juli 2024", "CAMAT LUMAJANG"
NAME, NIP = "Drs. BUDI HARTONO PRANOTO, M.Si", "19700101 199503 1 002"  # of nobody


@pytest.mark.parametrize(
    ("texts", "emptied"),
    [
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): NAME, (6, 9): f"NIP. {NIP}"}, {(5, 9), (6, 9)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): NAME, (6, 9): "Pembina Tk. I", (7, 9): "NIP.19700101 199503 1 002"}, {(5, 9), (7, 9)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 8): NAME, (6, 10): f"NIP : {NIP}"}, {(5, 8), (6, 10)}),
        ({(0, 9): DATE, (1, 9): OFFICE, (5, 9): "budi hartono", (6, 9): "N I P . 197001011995031002"}, {(5, 9), (6, 9)}),
        ({(1, 9): OFFICE, (5, 9): NAME, (6, 9): "NIP.", (6, 10): "197001011995031002"}, {(5, 9), (6, 9), (6, 10)}),
        ({(1, 9): OFFICE, (5, 9): NAME, (6, 9): "NIP.", (6, 10): "1.9700101199503101E+17"}, {(5, 9), (6, 9), (6, 10)}),
        ({(0, 9): DATE, (1, 9): "Plt. Camat Tempeh", (5, 9): NAME}, {(5, 9)}),
        ({(0, 9): DATE, (1, 9): "a.n. CAMAT LUMAJANG", (2, 9): "Sekretaris Camat", (5, 9): NAME}, {(5, 9)}),
        ({(2, 2): "KEPALA BAPPEDA", (5, 2): "SITI AMINAH, S.E.", (6, 2): NIP, (1, 9): OFFICE, (5, 9): NAME, (6, 9): NIP},
         {(5, 2), (6, 2), (5, 9), (6, 9)}),
    ],
)  # fmt: skip
def test_name_and_nip_are_emptied_and_nothing_else(texts: dict, emptied: set) -> None:
    assert find_signature(texts).cells == dict.fromkeys(emptied, "")


def test_a_block_in_one_cell_loses_only_its_lines() -> None:
    block = f"{DATE}\n{OFFICE}\n\n\n{NAME}\nPembina\nNIP. {NIP}"
    assert find_signature({(40, 12): block}).cells == {(40, 12): f"{DATE}\n{OFFICE}\n\n\nPembina"}


@pytest.mark.parametrize(
    "texts",
    [
        {(10, 19): "Camat", (11, 19): "Kasi Pelayanan Umum", (12, 19): "Sekcam"},  # penanggung jawab
        {(0, 3): "Kecamatan Lumajang Triwulan II 2024", (3, 3): "CAMAT LUMAJANG"},
        {(3, 3): "Jumlah Dokumen Administrasi", (4, 3): "6528222710", (5, 3): "1234567890"},
        {(3, 3): "Diisi dengan nama dan NIP penanggung jawab kegiatan"},
        {(0, 0): DATE, (1, 0): OFFICE, (3, 0): "PETUNJUK PENGISIAN :", (4, 0): "Kolom 1 : diisi dengan nomor urut"},
    ],
)
def test_the_rest_of_a_form_is_left_alone(texts: dict) -> None:
    assert find_signature(texts).cells == {}


def test_secrets_are_whole_names_only() -> None:
    """A short or placeholder name must not be cut out of other words of the file."""
    found = find_signature({(1, 9): OFFICE, (5, 9): "SUPARNO", (6, 9): f"NIP. {NIP}", (15, 9): "(NAMA CAMAT)", (16, 9): "NIP. (NIP)"})
    assert found.secrets == {NIP}
    assert set(found.cells) == {(5, 9), (6, 9), (16, 9)}
