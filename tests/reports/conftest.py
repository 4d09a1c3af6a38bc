"""The published warehouse of `tests/warehouse`, with findings that try to break out of a cell."""

from tests.warehouse.conftest import Built, built

__all__ = ["Built", "built"]
