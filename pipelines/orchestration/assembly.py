"""All definitions, assembled by one function; tests and the command line call it with other settings.

Belongs here: putting together. It computes nothing but dbt's manifest, which is parsed anew only when a model has changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.orchestration import board
from pipelines.orchestration.assets import BEFORE_MODELS, RESOURCE, publishing_assets
from pipelines.orchestration.automation import nightly_schedule, raw_folder_sensor
from pipelines.orchestration.dbt_assets import dbt_assets
from pipelines.orchestration.run_lock import run_lock
from pipelines.orchestration.steps import Run
from pipelines.reference.tables import load_references
from pipelines.settings import Settings
from pipelines.warehouse.dbt_project import parsed_project

JOB = "renja"
MakeRun = Callable[[Settings], Run]


def assemble(settings: Settings, make_run: MakeRun = Run) -> dg.Definitions:
    """Assets, checks, job, sensor and schedule over the raw and out folders of `settings`.

    `make_run` makes the run that the job's assets share: the command line gives it one that reports progress, tests one that fails.
    """

    @dg.resource(description="Satu proses: langkah-langkahnya, masing-masing dihitung sekali. Memegang kunci folder keluaran.")
    @contextmanager
    def proses(context: dg.InitResourceContext) -> Iterator[Run]:
        log = context.log
        with run_lock(settings.out, on_wait=log.info if log else None):
            run = make_run(settings)
            try:
                yield run
            finally:
                run.discard()

    models = dbt_assets(parsed_project(settings.out / "dbt", acuan=settings.acuan, zona_waktu=settings.zona_waktu).manifest, RESOURCE)
    assets = [*BEFORE_MODELS, models, *publishing_assets(sorted(models.keys))]
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(*assets),
        executor_def=dg.in_process_executor,
        description="Seluruh proses atas semua yang baru: baca, periksa, muat, susun, terbitkan, laporkan.",
    )
    return dg.Definitions(
        assets=[*assets, board.spec(load_references(settings.acuan), settings)],
        jobs=[job],
        sensors=[raw_folder_sensor(settings, job)],
        schedules=[nightly_schedule(settings, job)],
        resources={RESOURCE: proses},
        executor=dg.in_process_executor,
    )
