"""Dagster's event log in SQLite, with connections that are kept.

Dagster's own class opens a new engine five times an event, and has the disk confirm each of its three commits; a run here notes some five
hundred events, which took seconds. Belongs here: that one difference. Named in the instance's `dagster.yaml` (`instance`).
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import StaticPool

_KEPT = 4  # shards (one a run, one index) whose connection stays open


class KeptConnectionStorage(SqliteEventLogStorage):
    """`SqliteEventLogStorage` with one engine a shard instead of one a statement."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, db.Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:  # noqa: ANN401 - dagster's own signature
        """From `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        with self._db_lock:  # one at a time: a connection may then serve every thread
            engine = self._engines.get(shard)
            if engine is None:
                engine = db.create_engine(
                    self.conn_string_for_shard(shard),
                    poolclass=StaticPool,
                    connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
                )
                db.event.listen(engine, "connect", _confirm_seldom)
                self._engines[shard] = engine
            self._engines.move_to_end(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection
            while len(self._engines) > _KEPT:
                self._engines.popitem(last=False)[1].dispose()

    def dispose(self) -> None:
        """Close every kept connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _confirm_seldom(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's, by way of sqlalchemy
    """A power cut may then lose the last events of a run, never the log (it is in WAL mode)."""
    connection.execute("pragma synchronous = normal")
