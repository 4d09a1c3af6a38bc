"""One run as plain Python: each step of the way of the data, computed once, in the order in which they need each other.

Belongs here: what follows what. Dagster's assets call these steps one by one; asked alone, a step fetches what it needs from those before
it, so that any selection of assets is right. Does not belong here: Dagster, or how anything is read, checked, loaded.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.orchestration.companion import companion
from pipelines.orchestration.freshness import Inputs, inputs_of, note_publication
from pipelines.orchestration.summary import RefusedItem, Summary
from pipelines.reference.calendar import calendar_tables
from pipelines.reference.tables import References, load_references
from pipelines.replace_file import admit, dismiss, replace_file, waiting, waiting_room
from pipelines.settings import Settings
from pipelines.warehouse.discovery import Discovery, FoundFile, discover
from pipelines.warehouse.ledger import Ledger, Sighting
from pipelines.warehouse.selection import Selection, original_path, select
from pipelines.warehouse.staging import StagedFile, Staging, reader_fingerprint
from pipelines.workbook.opening import Limits
from pipelines.workbook.submission import Form

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.quality.figures import Figures
    from pipelines.quality.validation import Validation
    from pipelines.reports.correction import Corrections
    from pipelines.warehouse.dbt_project import LoadedProject
    from pipelines.warehouse.publish import Prepared, Publication
    from pipelines.warehouse.transform import NodeResult, TransformResult

_NEEDED_LATER = ("dbt.cli.main", "dbt.adapters.duckdb")
Progress = Callable[[str, int, int], None]
"""Told (what is done, how much of it, of how much): the last two are 0 where there is nothing to count."""


@dataclass(frozen=True, slots=True)
class Found:
    """The raw folder, what of it was new, and everything ever seen."""

    discovery: Discovery
    new: tuple[Sighting, ...]
    sightings: tuple[Sighting, ...]

    @property
    def present(self) -> dict[str, str]:
        """Path → sha256 of what lies in the raw folder now."""
        return {file.path: file.sha256 for file in self.discovery.files}


@dataclass(frozen=True, slots=True)
class Readings:
    """Every file version that was ever read; how many in this run; which were being written meanwhile."""

    staged: tuple[StagedFile, ...]
    read: int
    unsettled: tuple[str, ...]


class Run:
    """One run over the settings' raw and out folders. The caller holds the out folder's lock (`run_lock`)."""

    def __init__(self, settings: Settings, progress: Progress | None = None, on_node: Callable[[NodeResult], None] | None = None) -> None:
        self.settings = settings
        self._progress = progress or (lambda what, done, total: None)
        self.on_node = on_node
        self._reading: Future[Readings] | None = None

    @cached_property
    def references(self) -> References:
        """The reference tables. Raises `ReferenceError` (Indonesian)."""
        return load_references(self.settings.acuan)

    @cached_property
    def found(self) -> Found:
        """What lies in the raw folder; noted in the ledger."""
        self._progress("Mencari berkas", 0, 0)
        discovery = discover(self.settings.raw, batas_ukuran_mib=self.settings.batas_ukuran_mib)
        with Ledger(self.settings.ledger) as ledger:
            new = ledger.record(discovery.files)
            return Found(discovery, tuple(new), tuple(ledger.sightings()))

    @cached_property
    def inputs(self) -> Inputs:
        """What this run is made of."""
        return inputs_of(self.found.discovery, self.settings)

    def begin_reading(self) -> None:
        """Start reading in the background: worker processes need none of what the caller may import meanwhile."""
        if self._reading is None:
            _ = self.inputs, self.references  # what is edited from here on is for the next run
            companion()  # it imports great-expectations meanwhile
            executor = ThreadPoolExecutor(1, thread_name_prefix="membaca")
            self._reading = executor.submit(self._read)
            executor.shutdown(wait=False)

    @cached_property
    def readings(self) -> Readings:
        """Every file version read: those that are new, or whose reader has changed, by worker processes; the others from staging."""
        self.begin_reading()
        for name in _NEEDED_LATER:
            importlib.import_module(name)  # while the workers read
        assert self._reading is not None  # noqa: S101
        return self._reading.result()

    def _read(self) -> Readings:
        from pipelines.orchestration.reading import stage_files

        staging, reader = Staging(self.settings.staging), reader_fingerprint(self.references, self.settings)
        staged = {file.sha256: file for file in staging.files()}
        todo = self._to_read(staged, reader)
        unsettled: list[str] = []
        self._progress("Membaca", 0, len(todo))
        for done, (file, result) in enumerate(stage_files(todo, self.references, self.settings, reader), 1):
            if result is None:
                unsettled.append(file.path)
            else:
                staged[file.sha256] = result
            self._progress("Membaca", done, len(todo))
        return Readings(tuple(staged[sha256] for sha256 in sorted(staged)), len(todo) - len(unsettled), tuple(unsettled))

    def _to_read(self, staged: Mapping[str, StagedFile], reader: str) -> list[FoundFile]:
        """The files to read now: one of each content, at the path that counts, unless this reader has read it there."""
        by_content: dict[str, list[Sighting]] = {}
        for sighting in self.found.sightings:
            by_content.setdefault(sighting.sha256, []).append(sighting)
        at = {file.path: file for file in self.found.discovery.files}
        todo = []
        for sha256 in dict.fromkeys(file.sha256 for file in self.found.discovery.files):
            file = at[original_path(by_content[sha256], self.found.present)]
            known = staged.get(sha256)
            if known is None or known.reader != reader or known.path != file.path:
                todo.append(file)
        return todo

    @cached_property
    def selection(self) -> Selection:
        """Which submission is current."""
        return select(self.readings.staged, self.found.sightings, self.found.present, self.found.discovery.problems)

    @cached_property
    def figures(self) -> Figures:
        """The computed figures of every submission that is or was current."""
        from pipelines.quality.figures import compute_figures

        self._progress("Menghitung", 0, 0)
        kiriman_id = {part: number for number, part in self.selection.parts.items()}
        rows = Staging(self.settings.staging).rows(kiriman_id)
        return compute_figures(rows, self.selection.kiriman, self.references)

    @cached_property
    def calendar(self) -> dict[str, pd.DataFrame]:
        """`kalender`, `periode`, `pengaturan`."""
        return calendar_tables(self.references, self.settings)

    @cached_property
    def validation(self) -> Validation:
        """Every finding with its disposition, and how each rule fared. Raises `DecisionError` (Indonesian)."""
        from pipelines.quality.decisions import apply_decisions, load_decisions
        from pipelines.quality.findings import reading_findings
        from pipelines.quality.validation import validate

        self._progress("Memeriksa", 0, 0)
        decisions = load_decisions(self.settings.keputusan)
        read = [(number, item) for number, item in self.selection.submissions.items() if number not in self.selection.twins]
        kolom = {number: item.kolom for number, item in read if isinstance(item, Form)}
        rp_faktor = {number: item.rp_faktor for number, item in read if isinstance(item, Form)}
        checked = companion().call(
            validate,
            self.figures,
            self.selection.kiriman,
            kolom,
            reading_findings(read),
            self.references,
            self.settings,
            self.calendar["periode"],
            rp_faktor,
        )
        _ = self.dbt_project  # this process has nothing else to do meanwhile
        validation = checked.result()
        return replace(validation, temuan=apply_decisions(validation.temuan, self.selection.kiriman, decisions))

    @cached_property
    def dbt_project(self) -> LoadedProject:
        """dbt's project, ready for the one build of this run."""
        from pipelines.warehouse.dbt_project import CannotParse, load_project, parsed_project, rehearse
        from pipelines.warehouse.transform import TransformError

        settings = self.settings
        try:
            project = load_project(parsed_project(settings.out / "dbt", acuan=settings.acuan, zona_waktu=settings.zona_waktu))
        except CannotParse as error:
            raise TransformError(f"Model SQL tidak dapat dibaca ({error}).") from error
        rehearse(project, database=self.build, acuan=settings.acuan, work=settings.out / "dbt", zona_waktu=settings.zona_waktu)
        return project

    @cached_property
    def narasi(self) -> pd.DataFrame:
        """`narasi`: the foot's texts of the submissions that have rows in the warehouse."""
        rows = [
            (number, text.jenis, text.urutan, text.teks, text.sel)
            for number in self.selection.parts
            if isinstance(form := self.selection.submissions[number], Form)
            for text in form.narasi
        ]
        frame = pd.DataFrame(rows, columns=["kiriman_id", "jenis", "urutan", "teks", "sel"])
        return frame.astype({"kiriman_id": "Int64", "jenis": "string", "urutan": "Int64", "teks": "string", "sel": "string"})

    @property
    def build(self) -> Path:
        """The file that is built, published by copy; always the same place, so that dbt need not parse anew."""
        return self.settings.out / "bangunan" / "renja.duckdb"

    @cached_property
    def loaded(self) -> dict[str, int]:
        """Rows a table of schema `mentah`."""
        from pipelines.quality.catalogue import aturan_frame
        from pipelines.warehouse.load import load

        self._progress("Memuat", 0, 0)
        figures = self.figures
        frames = {
            "kiriman": self.selection.kiriman,
            "kinerja": figures.kinerja,
            "anggaran": figures.anggaran,
            "rekonsiliasi": figures.rekonsiliasi,
            "narasi": self.narasi,
            "temuan": self.validation.temuan,
            "aturan": aturan_frame(),
            **self.calendar,
        }
        return load(self.build, frames)

    @cached_property
    def transformed(self) -> TransformResult:
        """Dimensions, facts, marts and their tests. Raises `TransformError` (Indonesian)."""
        from pipelines.warehouse.transform import transform

        _ = self.loaded
        self._progress("Menyusun gudang", 0, 0)
        return transform(
            self.build,
            acuan=self.settings.acuan,
            work=self.settings.out / "dbt",
            zona_waktu=self.settings.zona_waktu,
            project=self.dbt_project,
            on_node=self.on_node,
        )

    @cached_property
    def prepared(self) -> Prepared:
        """The whole warehouse beside the one that is published: what the reports are made from."""
        from pipelines.warehouse.publish import prepare

        manifest = self.transformed.manifest
        return prepare(self.build, warehouse=self.settings.warehouse, parquet=self.settings.parquet, manifest=manifest)

    @cached_property
    def corrections(self) -> Corrections:
        """The workbooks sent back; they wait for the publication."""
        from pipelines.reports.correction import write_corrections

        settings = self.settings
        return write_corrections(
            self.prepared.file,
            settings.raw,
            settings.perbaikan,
            room=waiting_room(settings.perbaikan),
            limits=Limits.of(settings),
            progress=lambda done, total: self._progress("Menandai berkas yang perlu diperbaiki", done, total),
            beside=companion().call,
        )

    @cached_property
    def reports(self) -> tuple[Path, ...]:
        """The recaps, the validation's page, the dictionary, and the folder of the workbooks sent back.

        They wait beside their places: a report that fails leaves everything that is published as it was.
        """
        from pipelines.quality.data_docs import data_docs_page
        from pipelines.quality.numerals import date_text
        from pipelines.reports.dictionary import write_dictionary
        from pipelines.reports.recap import write_recaps

        settings = self.settings
        self._progress("Menulis laporan", 0, 0)
        laporan, kamus = waiting_room(settings.laporan), waiting_room(settings.kamus)
        recaps = companion().call(partial(write_recaps, self.prepared.file, laporan, zona_waktu=settings.zona_waktu))
        copies = (settings.perbaikan,) if self.corrections.files else ()
        page = data_docs_page(self.validation, dibuat=date_text(settings.today), jumlah_kiriman=len(self.selection.kiriman))
        replace_file(laporan / settings.validasi.name, page.encode())
        write_dictionary(self.prepared.file, kamus)
        self.prepared.copies()
        recaps.result()
        return (*waiting(settings.laporan), *waiting(settings.kamus), *copies)

    @cached_property
    def publication(self) -> Publication:
        """The published warehouse, and with it the reports.

        It counts as complete, and is not made again while nothing changes, when all of them are in their places.
        """
        written, settings = self.reports, self.settings
        for folder in self._report_folders:
            waiting(folder)  # raises where a place is taken by something else
        self._progress("Menerbitkan", 0, 0)
        publication = self.prepared.publish()
        for folder in self._report_folders:
            admit(folder)
        self.corrections.remove_obsolete()
        with Ledger(settings.ledger) as ledger:
            note_publication(ledger, self.inputs, settings, self._summary(written).to_json())
        return publication

    @property
    def _report_folders(self) -> tuple[Path, ...]:
        return self.settings.laporan, self.settings.kamus, self.settings.perbaikan

    def discard(self) -> None:
        """Remove what this run made and did not publish."""
        if "prepared" in self.__dict__:
            self.prepared.discard()
        for folder in self._report_folders:
            dismiss(folder)

    @cached_property
    def refused(self) -> tuple[RefusedItem, ...]:
        """What is not loaded, and why."""
        refused = []
        for row in self.selection.kiriman.query("status == 'ditolak'").to_dict("records"):
            item = self.selection.submissions[int(row["kiriman_id"])]
            if not isinstance(item, Form):
                refused.append(RefusedItem(str(row["path"]), item.lembar, item.aturan, item.pesan))
        return tuple(refused)

    @cached_property
    def current_findings(self) -> pd.DataFrame:
        """`temuan` without those of submissions that were replaced."""
        replaced = self.selection.kiriman.query("status == 'digantikan'")["kiriman_id"]
        findings = self.validation.temuan
        return findings[~findings["kiriman_id"].isin(replaced)]

    @property
    def summary(self) -> Summary:
        """What the run came to."""
        return self._summary(self.reports)

    def _summary(self, written: tuple[Path, ...]) -> Summary:
        kiriman = self.selection.kiriman
        counts = kiriman["status"].value_counts()
        levels = self.current_findings["tingkat"].value_counts()
        folders = (self.settings.warehouse, self.settings.parquet, *written)
        return Summary(
            berkas=len(self.found.discovery.files),
            dibaca=self.readings.read,
            berlaku=int(counts.get("berlaku", 0)),
            digantikan=int(counts.get("digantikan", 0)),
            ganda=int(counts.get("ganda", 0)),
            ditolak=self.refused,
            ditunda=(*self.found.discovery.unsettled, *self.readings.unsettled),
            temuan={str(level): int(count) for level, count in levels.items()},
            keluaran=tuple(str(path) for path in folders),
        )
