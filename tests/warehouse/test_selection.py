"""Which submission is current: by hand for each rule, and by property for the order of arrival."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse.discovery import Problem, modified_at
from pipelines.warehouse.ledger import Sighting
from pipelines.warehouse.selection import select
from pipelines.warehouse.staging import StagedFile
from pipelines.workbook.submission import ROW_SCHEMA, FootValue, Form, Identity, Refusal

DAY = 24 * 3600 * 10**9


def form(kode="35.08.01", tahun=2024, triwulan=2, lembar="E.81", **rest) -> Form:
    return Form(lembar, Identity(kode, tahun, triwulan), ROW_SCHEMA.empty_table(), {}, **rest)


def staged(sha: str, *items, modified=None) -> StagedFile:
    return StagedFile(sha, "?", "r", "xlsx", modified, items or (form(),))


def seen(*sightings: tuple[str, str, int]) -> list[Sighting]:
    return [Sighting(number, path, sha, day * DAY) for number, (path, sha, day) in enumerate(sightings)]


def now(sightings: list[Sighting]) -> dict[str, str]:
    return {s.path: s.sha256 for s in sightings}


def statuses(files, sightings, present=None, problems=()) -> list[tuple]:
    frame = select(files, sightings, now(sightings) if present is None else present, problems).kiriman
    return [
        (row.path, row.sha256 if pd.notna(row.sha256) else None, row.status, None if pd.isna(row.revisi_ke) else row.revisi_ke)
        for row in frame.itertuples()
    ]


def test_one_file():
    sightings = seen(("a.xlsx", "A", 5))
    chosen = select(
        [
            staged(
                "A",
                form(
                    kepala={"tujuan_target": "90"},
                    rata_rata=FootValue("F9", 50.25, 2),
                    predikat=FootValue("F10", teks="Rendah"),
                    tanda_tangan_tanggal=dt.date(2024, 7, 2),
                ),
            )
        ],
        sightings,
        now(sightings),
    )
    (row,) = chosen.kiriman.to_dict("records")
    assert (row["kiriman_id"], row["status"], row["revisi_ke"], row["diterima_pada"]) == (1, "berlaku", 0, modified_at(5 * DAY))
    assert (row["rata_rata_lapor"], row["rata_rata_desimal"], row["rata_rata_sel"]) == (50.25, 2, "F9")
    assert (row["predikat_lapor"], row["tujuan_target"], row["tanda_tangan_tanggal"]) == ("Rendah", "90", dt.date(2024, 7, 2))
    assert pd.isna(row["sebab"])
    assert pd.isna(row["tujuan_indikator"])
    assert chosen.parts == {1: ("A", 0)}


def test_later_modification_time_replaces_whatever_came_first():
    sightings = seen(("baru.xlsx", "B", 9), ("lama.xlsx", "A", 5))
    assert statuses([staged("A"), staged("B")], sightings) == [("lama.xlsx", "A", "digantikan", 0), ("baru.xlsx", "B", "berlaku", 1)]


def test_same_time_the_workbooks_own_then_the_path():
    sightings = seen(("a.xlsx", "A", 5), ("b.xlsx", "B", 5))
    later, earlier = dt.datetime(2024, 7, 2), dt.datetime(2024, 7, 1)
    assert statuses([staged("A", modified=later), staged("B", modified=earlier)], sightings)[0][2] == "berlaku"
    assert statuses([staged("A"), staged("B", modified=earlier)], sightings)[1][2] == "berlaku"
    assert statuses([staged("A"), staged("B")], sightings)[1][2] == "berlaku"


def test_a_refused_sheet_takes_nobodys_place():
    refusal = Refusal("tabel_kosong", "…", "E.81", identitas=Identity("35.08.01", 2024, 2))
    sightings = seen(("a.xlsx", "A", 5), ("b.xlsx", "B", 9))
    chosen = select([staged("A"), staged("B", refusal)], sightings, now(sightings))
    assert list(chosen.kiriman["status"]) == ["berlaku", "ditolak"]
    assert list(chosen.kiriman["sebab"].fillna("")) == ["", "tabel_kosong"]
    assert chosen.parts == {1: ("A", 0)}


def test_same_bytes_at_a_second_path():
    sightings = seen(("z.xlsx", "A", 5), ("a.xlsx", "A", 7))
    assert statuses([staged("A")], sightings) == [("z.xlsx", "A", "berlaku", 0), ("a.xlsx", "A", "ganda", None)]


def test_moved_file_is_itself_at_its_new_path():
    sightings = seen(("salah/a.xlsx", "A", 5), ("benar/a.xlsx", "A", 5))
    assert statuses([staged("A")], sightings, {"benar/a.xlsx": "A"}) == [("benar/a.xlsx", "A", "berlaku", 0)]


def test_what_left_the_folder_stays():
    sightings = seen(("a.xlsx", "A", 5), ("b.xlsx", "B", 9))
    assert statuses([staged("A"), staged("B")], sightings, {}) == [("a.xlsx", "A", "digantikan", 0), ("b.xlsx", "B", "berlaku", 1)]


def test_content_put_back_is_current_again():
    sightings = seen(("a.xlsx", "A", 5), ("a.xlsx", "B", 9), ("a.xlsx", "A", 12))
    rows = statuses([staged("A"), staged("B")], sightings)
    assert rows == [("a.xlsx", "A", "berlaku", 1), ("a.xlsx", "B", "digantikan", 0)]


def test_several_sheets_of_one_file():
    items = (form(triwulan=1, lembar="TW I"), Refusal("periode_tidak_dikenali", "…", "Lain"), form(triwulan=2, lembar="TW II"))
    sightings = seen(("a.xlsx", "A", 5))
    chosen = select([staged("A", *items)], sightings, now(sightings))
    assert list(chosen.kiriman["lembar"]) == ["TW I", "TW II", "Lain"]
    assert chosen.parts == {1: ("A", 0), 2: ("A", 2)}


def test_what_could_not_be_read_is_refused_without_a_hash():
    problem = Problem("pipa.xlsx", "berkas_tidak_terbaca", "…", 3 * DAY)
    assert statuses([], [], {}, [problem]) == [("pipa.xlsx", None, "ditolak", None)]


def test_read_but_never_seen_is_nobodys():
    assert statuses([staged("A")], []) == []


_items = st.sampled_from(
    [form(), form(triwulan=1), form("35.08.02"), form(lembar="Lain"), Refusal("tabel_kosong", "…", identitas=Identity("35.08.01", 2024, 2))]
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_order_of_arrival_does_not_matter(data):
    contents = data.draw(st.dictionaries(st.sampled_from("ABCDE"), st.lists(_items, min_size=1, max_size=3), min_size=1))
    folder = data.draw(
        st.dictionaries(st.sampled_from(["p", "q", "r", "s"]), st.tuples(st.sampled_from(sorted(contents)), st.integers(1, 3)), min_size=1)
    )
    files = [staged(sha, *items, modified=data.draw(st.sampled_from([None, dt.datetime(2024, 7, 1)]))) for sha, items in contents.items()]
    sightings = seen(*((path, sha, day) for path, (sha, day) in folder.items()))
    expected = select(files, sightings, now(sightings)).kiriman
    other = [dataclasses.replace(s, urutan=n) for n, s in enumerate(data.draw(st.permutations(sightings)))]
    actual = select(data.draw(st.permutations(files)), data.draw(st.permutations(other)), now(sightings)).kiriman
    pd.testing.assert_frame_equal(actual, expected)
    current = expected[expected["status"] == "berlaku"]
    assert not current.duplicated(["kode_kemendagri", "tahun", "triwulan"]).any()
    for key, group in expected[expected["status"].isin(["berlaku", "digantikan"])].groupby(["kode_kemendagri", "tahun", "triwulan"]):
        assert sorted(group["revisi_ke"]) == list(range(len(group))), key
        assert (group["status"] == "berlaku").sum() == 1
