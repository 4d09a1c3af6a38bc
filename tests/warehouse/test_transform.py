"""The build itself: one invocation, quiet, its artifacts below the out folder, failures that stop publication; descriptions complete."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest

from pipelines.warehouse.dbt_project import DBT_PROJECT, parsed_project
from pipelines.warehouse.load import load
from pipelines.warehouse.transform import TransformError, transform
from tests.warehouse import frames
from tests.warehouse.conftest import ACUAN, Built

CONTRACT = {
    "dim_kecamatan": "kecamatan_key kode_kemendagri kode_bps nama jumlah_desa jumlah_kelurahan",
    "dim_periode": "periode_key tahun triwulan label tanggal_mulai tanggal_selesai batas_lapor",
    "dim_nomenklatur": "nomenklatur_key kode kode_2_digit level uraian kode_program kode_kegiatan dikenal berlaku_sejak berlaku_sampai",
    "dim_indikator": "indikator_key kode indikator satuan jenis_akumulasi polaritas",
    "dim_berkas": "berkas_key sha256 path lembar format diterima_pada status revisi_ke",
    "dim_predikat": "predikat batas_bawah batas_atas urutan",
    "dim_aturan": "aturan tingkat judul penjelasan",
    "fact_anggaran": "kecamatan_key periode_key berkas_key nomenklatur_key level target_renstra_rp realisasi_lalu_rp target_rp "
    "realisasi_rp capaian_rp_pct renstra_realisasi_rp renstra_capaian_rp_pct realisasi_rp_lapor capaian_rp_pct_lapor "
    "renstra_realisasi_rp_lapor renstra_capaian_rp_pct_lapor",
    "fact_kinerja": "kecamatan_key periode_key berkas_key indikator_key nomenklatur_key level target_renstra_k realisasi_lalu_k target_k "
    "realisasi_k capaian_k_pct renstra_realisasi_k renstra_capaian_k_pct predikat realisasi_k_lapor capaian_k_pct_lapor predikat_lapor "
    "kendala upaya penanggung_jawab",
    "fact_anggaran_triwulan": "kecamatan_key periode_key berkas_key nomenklatur_key triwulan realisasi_rp",
    "fact_kinerja_triwulan": "kecamatan_key periode_key berkas_key indikator_key nomenklatur_key triwulan realisasi_k",
    "fact_narasi": "kecamatan_key periode_key berkas_key jenis urutan teks",
    "fact_temuan": "kecamatan_key periode_key berkas_key aturan tingkat lembar sel kode nilai_lapor nilai_seharusnya pesan",
    "fact_pelaporan": "kecamatan_key periode_key berkas_key status diterima_pada hari_terlambat revisi_ke jumlah_galat jumlah_peringatan",
    "mart_evaluasi": "kecamatan tahun triwulan level kode uraian indikator satuan target_k realisasi_k capaian_k_pct predikat target_rp "
    "realisasi_rp capaian_rp_pct",
    "mart_kabupaten_program": "tahun triwulan program target_rp realisasi_rp capaian_rp_pct rata_capaian_k_pct jumlah_kecamatan",
    "mart_kecamatan_ringkasan": "kecamatan tahun triwulan target_rp realisasi_rp capaian_rp_pct rata_capaian_k_pct "
    "predikat peringkat jumlah_temuan",
    "mart_kabupaten_ringkasan": "tahun triwulan target_rp realisasi_rp capaian_rp_pct rata_capaian_k_pct predikat jumlah_temuan "
    "jumlah_kecamatan_lapor",
    "mart_tren_triwulan": "kecamatan tahun triwulan realisasi_rp",
    "mart_kendala": "tahun triwulan jumlah kecamatan contoh",
    "mart_rekonsiliasi": "kolom dilaporkan jumlah_anak selisih",
    "mart_revisi": "kecamatan triwulan kode kolom nilai_lama nilai_baru selisih",
}


def test_every_table_and_column_of_the_contract_is_there_with_its_type(built: Built) -> None:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in built.rows("select table_name, column_name, data_type from duckdb_columns() where not internal"):
        found.setdefault(table, {})[column] = kind
    assert set(found) == set(CONTRACT)
    for table, columns in CONTRACT.items():
        assert not set(columns.split()) - set(found[table]), table
        for name, kind in found[table].items():
            stem = name.removesuffix("_lapor")
            if stem.endswith("_rp"):
                assert kind == "DECIMAL(18,2)", (table, name)
            elif stem.endswith(("_k", "_pct")):
                assert kind == "DOUBLE", (table, name)
            elif name.endswith("_key"):
                assert kind == "INTEGER", (table, name)


def test_every_model_seed_source_and_column_is_described_and_its_contract_enforced(built: Built) -> None:
    content = json.loads(built.result.manifest.read_text(encoding="utf-8"))
    models = [node for node in content["nodes"].values() if node["resource_type"] == "model"]
    assert len(models) == len(CONTRACT) + 4
    bare = [node["name"] for node in [*models, *content["sources"].values()] if not node["description"].strip()]
    bare += [node["name"] for node in content["nodes"].values() if node["resource_type"] == "seed" and not node["description"].strip()]
    bare += [f"{node['name']}.{name}" for node in models for name, column in node["columns"].items() if not column["description"].strip()]
    assert bare == []
    # An enforced contract makes dbt refuse a column that the yml does not list, so every column is described.
    assert [node["name"] for node in models if not node["config"]["contract"]["enforced"]] == []


def test_every_model_has_a_grain_test(built: Built) -> None:
    tested = {parent for node in built.result.of_kind("test") if "_grain" in node.name for parent in node.depends_on}
    assert {node.unique_id for node in built.result.of_kind("model")} == tested & {node.unique_id for node in built.result.of_kind("model")}


def test_the_project_folder_is_not_written_to(built: Built) -> None:
    assert sorted(path.name for path in DBT_PROJECT.iterdir() if path.name in ("target", "logs", ".user.yml")) == []
    assert (built.work / "target").is_dir()


def test_a_failing_law_stops_with_a_readable_summary(built: Built, tmp_path: Path) -> None:
    data = frames.build([frames.lumajang_tw2()])
    data["temuan"] = data["temuan"].assign(aturan="aturan_tak_terdaftar")
    load(tmp_path / "renja.duckdb", data)
    work = shutil.copytree(built.work, tmp_path / "dbt")
    with pytest.raises(TransformError, match="fact_temuan_rujukan menemukan 3 baris") as caught:
        transform(tmp_path / "renja.duckdb", acuan=ACUAN, work=work)
    assert [node.name for node in caught.value.nodes if node.status == "fail"] == ["fact_temuan_rujukan"]
    load(tmp_path / "renja.duckdb", data)  # the file is free again


def test_no_submission_at_all_still_builds_a_board_from_a_project_parsed_for_another_folder(built: Built, tmp_path: Path) -> None:
    load(tmp_path / "renja.duckdb", frames.build([]))
    result = transform(tmp_path / "renja.duckdb", acuan=ACUAN, work=shutil.copytree(built.work, tmp_path / "dbt"))
    rows = {node.name: node.rows for node in result.of_kind("model")}
    assert rows["fact_pelaporan"] == 42
    assert rows["mart_kabupaten_ringkasan"] == 0
    assert result.manifest.is_file()
    assert not list(built.work.rglob("*.duckdb"))


def test_another_reference_folder_stands_in_for_the_seeds(built: Built, tmp_path: Path) -> None:
    acuan = shutil.copytree(ACUAN, tmp_path / "acuan")
    kecamatan = pd.read_csv(acuan / "kecamatan.csv", dtype=str)
    kecamatan.loc[kecamatan["kode_kemendagri"] == frames.LUMAJANG, "nama"] = "Lumajang Kota"
    kecamatan.to_csv(acuan / "kecamatan.csv", index=False)
    load(tmp_path / "renja.duckdb", frames.build([frames.lumajang_tw1()]))
    transform(tmp_path / "renja.duckdb", acuan=acuan, work=shutil.copytree(built.work, tmp_path / "dbt"))
    import duckdb

    with duckdb.connect(str(tmp_path / "renja.duckdb"), read_only=True) as connection:
        assert connection.execute("select kecamatan from mart_kecamatan_ringkasan").fetchall() == [("Lumajang Kota",)]
        assert connection.execute("select kode_kemendagri from acuan.kecamatan where nama = 'Lumajang Kota'").fetchall() == [("35.08.10",)]


def test_two_builds_of_the_same_frames_are_equal_row_by_row(built: Built, tmp_path: Path) -> None:
    from pipelines.warehouse.publish import publish
    from tests.warehouse.conftest import reconciliation, submissions

    load(tmp_path / "renja.duckdb", frames.build(submissions(), rekonsiliasi=reconciliation()))
    transform(tmp_path / "renja.duckdb", acuan=ACUAN, work=shutil.copytree(built.work, tmp_path / "dbt"))
    again = publish(tmp_path / "renja.duckdb", warehouse=tmp_path / "gudang" / "renja.duckdb", parquet=tmp_path / "gudang" / "parquet")
    for path in built.publication.parquet.iterdir():
        assert (again.parquet / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_project_is_parsed_once_and_again_when_a_reference_table_changes(tmp_path: Path) -> None:
    acuan = shutil.copytree(ACUAN, tmp_path / "acuan")
    first = parsed_project(tmp_path / "dbt", acuan=acuan)
    assert first.whole
    started = time.monotonic()
    assert parsed_project(tmp_path / "dbt", acuan=acuan) == first
    assert time.monotonic() - started < 1
    with (acuan / "tenggat.csv").open("a", encoding="utf-8") as file:
        file.write("2024,1,2024-04-20\n")
    assert parsed_project(tmp_path / "dbt", acuan=acuan) != first
    assert not first.whole  # what no longer holds is not kept


def test_the_dbt_unit_tests_pass(built: Built, tmp_path: Path) -> None:
    load(tmp_path / "renja.duckdb", frames.build([frames.lumajang_tw1()]))
    result = transform(tmp_path / "renja.duckdb", acuan=ACUAN, work=shutil.copytree(built.work, tmp_path / "dbt"), unit_tests=True)
    assert sorted(node.name for node in result.of_kind("unit_test") if node.status == "pass") == [
        "peringkat_memutus_seri",
        "tren_memakai_kiriman_terbaru",
    ]
