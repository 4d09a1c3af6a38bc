"""What the README promises about settings is what the code has."""

from __future__ import annotations

import datetime as dt
import re

from pipelines.settings import PROJECT, Settings


def shown(value: object) -> str:
    """A default as the README spells it."""
    if value is None:
        return "—"
    text = str(value)
    return text.removeprefix(f"{PROJECT}/") if not isinstance(value, dt.date) else value.isoformat()


def test_the_settings_table_is_the_settings() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `RENJA_(\w+)` \| (?:`([^`]*)`|(—)) \| (.*?) \|$", readme, re.MULTILINE)
    told = {name.lower(): (default or dash, meaning) for name, default, dash, meaning in rows}
    assert told == {name: (shown(field.default), field.description) for name, field in Settings.model_fields.items()}


def test_every_file_that_the_readme_links_to_is_there() -> None:
    for document in (PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", PROJECT / "docs" / "panduan.md"):
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
        missing = [link for link in links if not (document.parent / link).exists()]
        assert not missing, (document.name, missing)
