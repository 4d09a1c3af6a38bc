"""Every setting, once: `RENJA_` environment variables (and `.env`) override the defaults; the README table is made from here."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent

_CRON_RANGES = (range(60), range(24), range(1, 32), range(1, 13), range(8))


def _is_cron_field(text: str, allowed: range) -> bool:
    """Numbers, ranges, steps and lists of them: `*`, `5`, `1-5`, `*/10`, `1,15`."""
    parts = [re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", part) for part in text.split(",")]
    return all(part is not None and all(int(number) in allowed for number in part.groups()[:2] if number) for part in parts)


class Settings(BaseSettings):
    """Where things are, and what Bappeda may turn. Field names are the environment variables without the prefix."""

    model_config = SettingsConfigDict(env_prefix="RENJA_", env_file=".env", extra="ignore", frozen=True)

    raw: Path = Field(Path("data/raw"), description="folder with the kecamatan's workbooks; never written to")
    out: Path = Field(Path("data/out"), description="folder for everything a run writes or remembers")
    acuan: Path = Field(PROJECT / "dbt_like_sql" / "seeds", description="folder with the reference tables (CSV)")
    keputusan: Path = Field(
        Path("data/keputusan.csv"), description="table of the findings that Bappeda has accepted; lives beside the data"
    )
    hari_ini: dt.date | None = Field(None, description="the date that counts as today (default: the clock's)")
    tahun_awal: int = Field(2024, description="first year that is accepted")
    tahun_akhir: int = Field(2030, description="last year that is accepted")
    pekerja: int = Field(2, ge=1, description="worker processes that read workbooks")
    batas_detik_per_berkas: float = Field(30, gt=0, description="seconds one workbook may take to read")
    batas_memori_mib: int = Field(1024, gt=0, description="memory (MiB) one workbook may take beyond the baseline")
    batas_ukuran_mib: int = Field(64, gt=0, description="a larger file is refused (MiB)")
    batas_isi_mib: int = Field(512, gt=0, description="a workbook that unpacks to more is refused (MiB)")
    batas_baris: int = Field(20_000, gt=0, description="a sheet with more rows in use is refused")
    batas_kolom: int = Field(512, gt=0, description="a sheet with more columns in use is refused")
    batas_lembar: int = Field(200, gt=0, description="a workbook with more sheets is refused")
    tingkat_rata_rata: str = Field(
        "program", pattern="^(sasaran|program|kegiatan|sub_kegiatan)$", description="level whose capaian K is averaged"
    )
    batas_capaian: float = Field(100, gt=0, description="a capaian above it counts as this much in averages (percent)")
    jadwal: str = Field("0 1 * * *", description="cron of the nightly run")
    zona_waktu: str = Field("Asia/Jakarta", description="time zone of schedule and dates")
    port: int = Field(3000, ge=1, le=65535, description="port of `make dev`, on loopback")

    @field_validator("zona_waktu")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise PydanticCustomError("zona_waktu", "seharusnya nama zona waktu, misalnya Asia/Jakarta") from error
        return value

    @field_validator("jadwal")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        fields = value.split()
        if len(fields) != len(_CRON_RANGES) or not all(map(_is_cron_field, fields, _CRON_RANGES)):
            raise PydanticCustomError("jadwal", "seharusnya lima bagian cron (menit jam tanggal bulan hari), misalnya 0 1 * * *")
        return value

    @model_validator(mode="after")
    def _years_in_order(self) -> Settings:
        if self.tahun_awal > self.tahun_akhir:
            raise PydanticCustomError("tahun_awal", "seharusnya RENJA_TAHUN_AWAL tidak melebihi RENJA_TAHUN_AKHIR")
        return self

    @cached_property
    def today(self) -> dt.date:
        """The date that counts as today, in Bappeda's time zone."""
        from zoneinfo import ZoneInfo

        return self.hari_ini or dt.datetime.now(ZoneInfo(self.zona_waktu)).date()

    @property
    def staging(self) -> Path:
        """Staged submissions, one pair of files per file version (sha256)."""
        return self.out / "staging"

    @property
    def ledger(self) -> Path:
        """What was seen in the raw folder, and when."""
        return self.out / "ledger.sqlite"

    @property
    def dagster_home(self) -> Path:
        """The Dagster instance: runs, events, logs."""
        return self.out / "dagster"

    @property
    def warehouse(self) -> Path:
        """The published warehouse."""
        return self.out / "gudang" / "renja.duckdb"

    @property
    def parquet(self) -> Path:
        """The published tables as Parquet."""
        return self.out / "gudang" / "parquet"

    @property
    def laporan(self) -> Path:
        """Recaps and dashboard."""
        return self.out / "laporan"

    @property
    def validasi(self) -> Path:
        """The page with the validation's result."""
        return self.laporan / "validasi.html"

    @property
    def perbaikan(self) -> Path:
        """Workbooks to be sent back."""
        return self.out / "perbaikan"

    @property
    def kamus(self) -> Path:
        """The data dictionary."""
        return self.out / "kamus"
