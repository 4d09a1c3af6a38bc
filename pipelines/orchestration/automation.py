"""What starts a run by itself: new or changed content in the raw folder, and the night.

Belongs here: the sensor and the schedule. Both start the same job; it handles whatever is new, and waits where another run is at work.
"""

import json
from dataclasses import dataclass
from typing import Self

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.orchestration.freshness import inputs_of, published
from pipelines.settings import Settings
from pipelines.warehouse.discovery import RawFolderError, discover
from pipelines.warehouse.ledger import Ledger

INTERVAL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class _Asked:
    """The sensor's cursor: the last content for which it asked for a run, what was published then, and how often it has asked."""

    isi: str = ""
    terbit: str = ""
    ke: int = 0

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Self:
        try:
            return cls(**json.loads(cursor)) if cursor else cls()
        except (ValueError, TypeError):
            return cls()

    def to_cursor(self) -> str:
        return json.dumps({"isi": self.isi, "terbit": self.terbit, "ke": self.ke})


def raw_folder_sensor(settings: Settings, job: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    """A run for each content of the raw folder (and of settings, reference tables, code) that is not the published one.

    Content that was published before, replaced, and put back is asked for again: Dagster remembers a run_key for ever, so the key carries
    how often was asked, and the cursor what was asked for last. A run that failed is not asked for again until something changes; the
    nightly run tries it.
    """

    @dg.sensor(
        name="folder_masukan",
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Menjalankan proses bila isi folder masukan, pengaturan atau tabel acuan berbeda dari yang terakhir diterbitkan.",
    )
    def folder_masukan(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            discovery = discover(settings.raw, batas_ukuran_mib=settings.batas_ukuran_mib)
        except RawFolderError as error:
            return dg.SkipReason(str(error))
        if discovery.unsettled:
            return dg.SkipReason(f"Menunggu berkas selesai ditulis: {', '.join(discovery.unsettled)}.")
        isi = inputs_of(discovery, settings).isi
        with Ledger(settings.ledger) as ledger:
            last = published(ledger)
        terbit = last.inputs.isi if last else ""
        if isi == terbit:
            return dg.SkipReason("Tidak ada yang baru sejak terbitan terakhir.")
        asked = _Asked.from_cursor(context.cursor)
        if (asked.isi, asked.terbit) == (isi, terbit):
            return dg.SkipReason("Proses untuk isi ini sudah diminta; bila gagal, lihat sebabnya di daftar proses.")
        new = _Asked(isi, terbit, asked.ke + 1)
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"{isi[:16]}-{new.ke}")], cursor=new.to_cursor())

    return folder_masukan


def nightly_schedule(settings: Settings, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Every night: days late and overdue triwulan move with the date, though no file does."""
    return dg.ScheduleDefinition(
        name="malam_hari",
        job=job,
        cron_schedule=settings.jadwal,
        execution_timezone=settings.zona_waktu,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Menjalankan proses setiap malam, agar keterlambatan dihitung sampai hari ini.",
    )
