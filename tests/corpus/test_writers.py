"""One true form in every format, written by the library that a sender's software would have used."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from pipelines.reference.tables import load_references
from pipelines.settings import Settings
from pipelines.workbook.cells import address
from pipelines.workbook.form import read_file
from pipelines.workbook.submission import Form
from tests.corpus.comparison import silent_errors
from tests.corpus.render import Layout, lay_out
from tests.corpus.true_form import TRUE_FORM
from tests.corpus.writers import SOFFICE, WRITERS, convert

SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]
REFERENCES = load_references(SETTINGS.acuan)
ON = (
    Layout("20 kolom"),
    Layout("20 kolom, persen berformat", percent="format", k="column"),
    Layout("15 kolom, satuan di sel K", numbering="15", k="cell", numbers="indonesia", row=2, column=1),
    Layout("17 kolom, TW tersembunyi", numbering="17", tw="hidden", number_row="plain"),
    Layout("kode terpecah, TW tidak ada", codes="split", tw="absent", labels="below"),
    Layout("kolom 20 di lembar lain", column_20="sheet", foot="lines"),
)


def right(path: Path, layout: Layout) -> Form:
    kiriman = read_file(path, path.name, REFERENCES, SETTINGS).kiriman
    assert len(kiriman) == 1
    assert isinstance(kiriman[0], Form), kiriman[0].pesan
    assert silent_errors(kiriman[0], TRUE_FORM, layout, lay_out(TRUE_FORM, layout)) == []
    assert kiriman[0].temuan == []
    assert len(kiriman[0].narasi) == 8
    return kiriman[0]


@pytest.mark.parametrize("layout", ON, ids=lambda layout: layout.name)
@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_every_writer_gives_the_truth(writer: str, layout: Layout, tmp_path: Path) -> None:
    write, suffix = WRITERS[writer]
    path = tmp_path / f"kiriman{suffix}"
    write(lay_out(TRUE_FORM, layout), path)
    right(path, layout)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("writer", "suffix"), [("openpyxl", "ods"), ("xlsxwriter", "xls"), ("odfpy", "xlsx")])
def test_what_libreoffice_makes_of_them_is_the_truth(writer: str, suffix: str, tmp_path: Path) -> None:
    write, own = WRITERS[writer]
    files = [tmp_path / f"kiriman_{number}{own}" for number in range(len(ON))]
    for layout, file in zip(ON, files, strict=True):
        write(lay_out(TRUE_FORM, layout), file)
    for layout, file in zip(ON, convert(files, suffix, tmp_path / "hasil"), strict=True):
        right(file, layout)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="@"><f>1+<c r="A1"><v>5</v></c></f><v>11745678</v></c>',
        '<c r="@"><v>11745678<c r="A1"/></v></c>',
        '<c r="@"><v>1174567&#56;</v></c>',
        '<c r="@"><v>11745678</v><f>1+1</f></c>',
        '<c r="@" t="inlineStr"><is><r><t>11.745</t></r><r><t>.678</t></r></is></c>',
        '<c r="@" t="str"><v>11745678_x000D_</v></c>',
        "<c><v>11745678</v></c>",
    ],
)
def test_one_figure_in_the_xml_that_few_writers_make(cell: str, tmp_path: Path) -> None:
    page = lay_out(TRUE_FORM, ON[0])
    sel = address(page.rows[1], ON[0].column_of("tw1", "rp"))
    write, _ = WRITERS["xlsxwriter"]
    write(page, tmp_path / "asli.xlsx")
    with zipfile.ZipFile(tmp_path / "asli.xlsx") as source, zipfile.ZipFile(tmp_path / "kiriman.xlsx", "w") as changed:
        for name in source.namelist():
            part = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                part, count = re.subn(rf'<c r="{sel}"[^>]*><v>11745678</v></c>', lambda _: cell.replace("@", sel), part)
                assert count == 1
            changed.writestr(name, part)
    right(tmp_path / "kiriman.xlsx", ON[0])
