"""A reading survives the disk unchanged, whole or not at all, and is known to be out of date when its reader changes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.staging import SCHEMA, Staging, StagingError, reader_fingerprint
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form, Identity, ReadFile, Refusal

LUMAJANG = PROJECT / "data" / "raw" / "2024" / "tw2" / "lumajang.xlsx"


@pytest.fixture(scope="module")
def references():
    return load_references(Settings().acuan)


@pytest.fixture(scope="module")
def read(references) -> ReadFile:
    return read_file(LUMAJANG, "2024/tw2/lumajang.xlsx", references, Settings())


@pytest.fixture(scope="module")
def sha() -> str:
    return hashlib.sha256(LUMAJANG.read_bytes()).hexdigest()


def test_a_real_form_comes_back_as_it_was_read(tmp_path, read, sha):
    form = next(item for item in read.kiriman if isinstance(item, Form))
    bagian = read.kiriman.index(form)
    staging = Staging(tmp_path)
    put = staging.put(sha, "2024/tw2/lumajang.xlsx", "pembaca", read)
    got = Staging(tmp_path).get(sha)
    assert got == put
    assert (got.path, got.reader, got.format, got.modified) == ("2024/tw2/lumajang.xlsx", "pembaca", read.format, read.modified)
    back = got.kiriman[bagian]
    for field in dataclasses.fields(Form):
        if field.name != "rows":
            assert getattr(back, field.name) == getattr(form, field.name), field.name
    rows = staging.rows({(sha, bagian): 7})
    assert set(rows["kiriman_id"]) == {7}
    assert len(rows) == len(form.baris) == 39  # 38 printed rows and TOTAL
    for column in form.baris.columns:
        pd.testing.assert_series_equal(rows[column].astype(object).fillna("∅"), form.baris[column].astype(object).fillna("∅"), obj=column)
    assert str(rows.dtypes["target_rp"]) == "Int64"


def test_refusals_and_forms_of_one_file_keep_their_places(tmp_path, read, sha):
    form = next(item for item in read.kiriman if isinstance(item, Form))
    refusal = Refusal("tabel_kosong", "Lembar kosong.", "Sampul", "B2", identitas=Identity("35.08.01", 2024, None), penjelasan=("satu",))
    second = dataclasses.replace(form, lembar="Dua", rows=form.rows.slice(0, 3))
    staging = Staging(tmp_path)
    staging.put(sha, "a.xlsx", "p", dataclasses.replace(read, kiriman=[form, refusal, second]))
    (got,) = staging.files()
    assert got.kiriman[1] == refusal
    rows = staging.rows({(sha, 2): 1, (sha, 0): 2})
    assert rows.groupby("kiriman_id").size().to_dict() == {1: 3, 2: len(form.baris)}
    assert list(rows.columns) == ["kiriman_id", *(name for name in SCHEMA.names if name != "bagian")]
    assert list(staging.rows({}).columns) == list(rows.columns)


def test_only_refusals_need_no_rows(tmp_path, sha):
    staging = Staging(tmp_path)
    staging.put(sha, "a.xlsx", "p", ReadFile("xlsx", None, [Refusal("berkas_tidak_terbaca", "…")]))
    (got,) = staging.files()
    assert isinstance(got.kiriman[0], Refusal)
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize("suffix", ["json", "parquet"])
@pytest.mark.parametrize("damage", ["cut", "zeros", "gone"])
def test_damaged_reading_is_no_reading(tmp_path, read, sha, suffix, damage):
    staging = Staging(tmp_path)
    staging.put(sha, "a.xlsx", "p", read)
    path = tmp_path / sha[:2] / f"{sha}.{suffix}"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else content[:-100] + bytes(100))
    assert staging.get(sha) is None
    assert not list(staging.files())
    staging.put(sha, "a.xlsx", "p", read)
    assert staging.get(sha) is not None


def test_rows_of_another_shape_is_a_mistake_not_a_file(tmp_path, read, sha):
    form = next(item for item in read.kiriman if isinstance(item, Form))
    staging = Staging(tmp_path)
    rows, half = form.rows, pa.array([0.5] * form.rows.num_rows)
    place = rows.schema.get_field_index("target_rp")
    for other in (rows.drop_columns("target_rp"), rows.append_column("asing", half), rows.set_column(place, "target_rp", half)):
        with pytest.raises(StagingError, match=r"target_rp|asing"):
            staging.put(sha, "a.xlsx", "p", dataclasses.replace(read, kiriman=[dataclasses.replace(form, rows=other)]))
    assert staging.get(sha) is None


def test_fingerprint_follows_tables_and_limits_alone(tmp_path, references):
    before = reader_fingerprint(references, Settings())
    assert reader_fingerprint(references, Settings(pekerja=7, port=1, raw=Path("x"))) == before
    assert reader_fingerprint(references, Settings(batas_baris=7)) != before
    assert reader_fingerprint(references, Settings(tahun_akhir=2031)) != before
    acuan = tmp_path / "acuan"
    shutil.copytree(Settings().acuan, acuan)
    assert reader_fingerprint(load_references(acuan), Settings()) == before
    with (acuan / "satuan_ejaan.csv").open("a") as file:
        file.write("dokumennya,dokumen\n")
    assert reader_fingerprint(load_references(acuan), Settings()) != before


def test_nothing_personal_is_staged(tmp_path, read, sha):
    Staging(tmp_path).put(sha, "a.xlsx", "p", read)
    text = json.dumps(json.loads((tmp_path / sha[:2] / f"{sha}.json").read_bytes())).lower()
    assert "nip" not in text.replace("manip", "")
