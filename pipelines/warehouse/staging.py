"""What each file version said, kept on disk by its bytes' sha256, so that a workbook is read once.

`<out>/staging/<sha[:2]>/<sha>.parquet` holds the rows of all its forms (column `bagian`: which of the file's submissions), `.json`
everything else of `ReadFile`. Belongs here: writing them whole or not at all, and knowing when a reading is out of date. Does not belong
here: reading workbooks, deciding which submission is current (`selection`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import pipelines.reference
import pipelines.workbook
from pipelines.reference.tables import References
from pipelines.replace_file import replace_file
from pipelines.settings import Settings
from pipelines.workbook.submission import ROW_SCHEMA, CellFinding, Evidence, FootValue, Form, Identity, Narrative, ReadFile, Refusal

_FORMAT = 1
_READING_LIBRARIES = ("python_calamine", "lxml", "xlrd")
_READING_LIMITS = ("batas_", "tahun_awal", "tahun_akhir")


SCHEMA = ROW_SCHEMA.insert(0, pa.field("bagian", pa.int64()))
"""The rows as they are stored: which of the file's submissions, and the columns of `Form.rows`."""
_PANDAS = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.string(): pd.StringDtype("python")}


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What one file version said. `path` is where it lay when it was read; the forms' rows are read by `staged_rows`."""

    sha256: str
    path: str
    reader: str  # fingerprint of what read it
    format: str
    modified: dt.datetime | None
    kiriman: tuple[Form | Refusal, ...]  # a Form's `rows` are empty here


class StagingError(ValueError):
    """A reading does not have the shape that is stored (a programmer's mistake); the message names file and column."""


def reader_fingerprint(references: References, settings: Settings) -> str:
    """Of everything that a reading depends on beside the bytes: the reader's source, its libraries, reference tables and limits."""
    digest = hashlib.sha256(f"{_FORMAT} {_reader_sources()} {references.fingerprint}".encode())
    limits = {name: value for name, value in settings.model_dump(mode="json").items() if name.startswith(_READING_LIMITS)}
    digest.update(json.dumps(limits, sort_keys=True).encode())
    return digest.hexdigest()


@cache
def _reader_sources() -> str:
    digest = hashlib.sha256()
    for package in (pipelines.workbook, pipelines.reference):
        folder = Path(package.__path__[0])
        for source in sorted(folder.rglob("*.py")):
            digest.update(f"{source.relative_to(folder)}\0".encode() + source.read_bytes())
    installed = sorted(path.name for path in Path(sysconfig.get_paths()["purelib"]).iterdir() if path.name.startswith(_READING_LIBRARIES))
    digest.update(repr(installed).encode())
    return digest.hexdigest()


class Staging:
    """The staging folder at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def files(self) -> Iterator[StagedFile]:
        """Every whole reading, in order of sha256. What was cut short or damaged is passed over: it will be read again."""
        for path in sorted(self.root.glob("??/*.json")):
            staged = self.get(path.stem)
            if staged is not None:
                yield staged

    def get(self, sha256: str) -> StagedFile | None:
        """The reading of one file version, if there is a whole one."""
        path = self._path(sha256, "json")
        try:
            data = json.loads(path.read_bytes())
            if data["bentuk"] != _FORMAT or data["sha256"] != sha256:
                return None
            rows = data["baris_sha256"]
            if rows is not None and hashlib.sha256(self._path(sha256, "parquet").read_bytes()).hexdigest() != rows:
                return None
            modified = dt.datetime.fromisoformat(data["modified"]) if data["modified"] else None
            kiriman = tuple(_load_submission(item) for item in data["kiriman"])
            return StagedFile(sha256, data["path"], data["pembaca"], data["format"], modified, kiriman)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, sha256: str, path: str, reader: str, read: ReadFile) -> StagedFile:
        """Store one reading; readers of the folder see the old one or the new one. Raises `StagingError` for rows of another shape."""
        table = _rows(read, path)
        digest = None
        if table is not None:
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink, compression="zstd", use_dictionary=True, write_statistics=False)
            content = sink.getvalue().to_pybytes()
            digest = hashlib.sha256(content).hexdigest()
            replace_file(self._path(sha256, "parquet"), content)
        data = {
            "bentuk": _FORMAT,
            "sha256": sha256,
            "path": path,
            "pembaca": reader,
            "format": read.format,
            "modified": read.modified.isoformat() if read.modified else None,
            "baris_sha256": digest,
            "kiriman": [_dump_submission(item) for item in read.kiriman],
        }
        replace_file(self._path(sha256, "json"), json.dumps(data, ensure_ascii=True).encode())
        return StagedFile(sha256, path, reader, read.format, read.modified, tuple(_without_rows(item) for item in read.kiriman))

    def rows(self, kiriman_id: Mapping[tuple[str, int], int]) -> pd.DataFrame:
        """`baris` of many submissions: for each (sha256, position in the file) its rows under that `kiriman_id`, in order of kiriman_id.

        Columns: kiriman_id, then those of `Form.rows`, nullable dtypes (Int64, Float64, string).
        """
        wanted: dict[str, dict[int, int]] = {}
        for (sha256, bagian), number in kiriman_id.items():
            wanted.setdefault(sha256, {})[bagian] = number
        parts: list[tuple[int, pa.Table]] = []
        for sha256, numbers in wanted.items():
            table = pq.read_table(pa.BufferReader(self._path(sha256, "parquet").read_bytes()))
            bagian_of = table.column("bagian")
            for bagian, number in numbers.items():
                part = table if len(numbers) == 1 and _only(bagian_of, bagian) else table.filter(pa.compute.equal(bagian_of, bagian))
                parts.append((number, part.drop_columns("bagian")))
        parts.sort(key=lambda part: part[0])
        empty = pa.schema([field for field in SCHEMA if field.name != "bagian"]).empty_table()
        rows = pa.concat_tables([empty, *(table for _, table in parts)], promote_options="default")
        ids = [number for number, table in parts for _ in range(table.num_rows)]
        rows = rows.select(empty.column_names).add_column(0, "kiriman_id", pa.array(ids, pa.int64()))
        frame: pd.DataFrame = rows.to_pandas(types_mapper=_PANDAS.get)
        return frame

    def _path(self, sha256: str, suffix: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.{suffix}"


def _only(column: pa.ChunkedArray, value: int) -> bool:
    return bool(pa.compute.all(pa.compute.equal(column, value)).as_py())


def _rows(read: ReadFile, path: str) -> pa.Table | None:
    """The rows of all forms of a file, or None where it has no form."""
    tables = []
    for position, item in enumerate(read.kiriman):
        if not isinstance(item, Form):
            continue
        rows = item.rows
        if not rows.schema.equals(ROW_SCHEMA):
            wrong = sorted({field.name for field in set(rows.schema) ^ set(ROW_SCHEMA)}) or "their order"
            raise StagingError(f"{path}, sheet {item.lembar}: unknown, missing or of another type: {wrong}")
        tables.append(rows.add_column(0, SCHEMA.field("bagian"), pa.array([position] * rows.num_rows, pa.int64())))
    return pa.concat_tables(tables) if tables else None


def _without_rows(item: Form | Refusal) -> Form | Refusal:
    if isinstance(item, Refusal):
        return item
    return Form(**{**{name: getattr(item, name) for name in Form.__slots__}, "rows": _NO_ROWS})


_NO_ROWS = ROW_SCHEMA.empty_table()


def _dump_submission(item: Form | Refusal) -> dict[str, Any]:
    """JSON of everything but the rows."""
    if isinstance(item, Refusal):
        return {"jenis": "ditolak", **asdict(item)}
    data = {name: getattr(item, name) for name in Form.__slots__ if name not in ("rows", "tanda_tangan_tanggal")}
    data["identitas"] = asdict(item.identitas)
    data["rata_rata"] = asdict(item.rata_rata) if item.rata_rata else None
    data["predikat"] = asdict(item.predikat) if item.predikat else None
    data["narasi"] = [asdict(narrative) for narrative in item.narasi]
    data["temuan"] = [asdict(finding) for finding in item.temuan]
    data["tanda_tangan_tanggal"] = item.tanda_tangan_tanggal.isoformat() if item.tanda_tangan_tanggal else None
    return {"jenis": "formulir", **data}


def _load_submission(data: dict[str, Any]) -> Form | Refusal:
    data = dict(data)
    kind = data.pop("jenis")
    identity = dict(data["identitas"])
    data["identitas"] = Identity(**{**identity, "bukti": [Evidence(**item) for item in identity["bukti"]]})
    findings = [CellFinding(**item) for item in data["temuan"]]
    if kind == "ditolak":
        return Refusal(**{**data, "temuan": tuple(findings), "penjelasan": tuple(data["penjelasan"])})
    data["temuan"] = findings
    data["narasi"] = [Narrative(**item) for item in data["narasi"]]
    data["rata_rata"] = FootValue(**data["rata_rata"]) if data["rata_rata"] else None
    data["predikat"] = FootValue(**data["predikat"]) if data["predikat"] else None
    date = data["tanda_tangan_tanggal"]
    data["tanda_tangan_tanggal"] = dt.date.fromisoformat(date) if date else None
    return Form(rows=_NO_ROWS, **data)


def findings_of(item: Form | Refusal) -> Iterable[CellFinding]:
    """What the reader saw at single cells."""
    return item.temuan
