"""great-expectations, imported: without telemetry, and without the statistics package that it imports for expectations that are not ours.

Importing this module takes seconds; import it where it is used, or beside other work. Belongs here: how the library comes in.
"""

from __future__ import annotations

import importlib.util
import os
import sys

import scipy  # type: ignore[import-untyped]

_SECOND_OF_IMPORT = "scipy.stats"  # of two; whoever does use it gets it


def _import_when_used(name: str) -> None:
    """Put a module in its place that is loaded at its first use."""
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    setattr(scipy, name.rpartition(".")[2], module)  # `from scipy import stats` must not ask the import system, which would load it


os.environ["GX_ANALYTICS_ENABLED"] = "false"
_import_when_used(_SECOND_OF_IMPORT)

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402
from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: E402

__all__ = ["ExpectationSuite", "gx", "gxe"]
