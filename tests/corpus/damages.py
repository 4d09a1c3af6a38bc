"""All damages, by what they damage."""

from __future__ import annotations

from tests.corpus.damages_of_cells import CELL_DAMAGES
from tests.corpus.damages_of_header import HEADER_DAMAGES, IDENTITY_DAMAGES
from tests.corpus.damages_of_rows import ROW_DAMAGES

__all__ = ["CELL_DAMAGES", "DAMAGES", "HEADER_DAMAGES", "IDENTITY_DAMAGES", "ROW_DAMAGES"]

DAMAGES = (*CELL_DAMAGES, *ROW_DAMAGES, *HEADER_DAMAGES, *IDENTITY_DAMAGES)
