"""The recap's sheet in the form's own layout: program, kegiatan and sub kegiatan of all kecamatan added up, with the form's column numbers.

Only money adds up between kecamatan. Output does not (each has indicators of its own), so column 14 K is the mart's average of a program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

if TYPE_CHECKING:
    from pipelines.reports.recap import Recap, Record
    from pipelines.reports.recap_sheets import Looks

_MONEY = (
    "target_renstra_rp",
    "realisasi_lalu_rp",
    "target_rp",
    "tw1_rp",
    "tw2_rp",
    "tw3_rp",
    "tw4_rp",
    "realisasi_rp",
    "renstra_realisasi_rp",
)
_HEADER, _FIRST = 4, 7  # 0-based rows: titles, K/Rp, column numbers, then the table
# column → (title, the form's number, K or Rp, width)
_COLUMNS = (
    ("Kode", "1", "", 19),
    ("Program / Kegiatan / Sub Kegiatan", "3", "", 56),
    ("Kecamatan", "", "", 10),
    ("Target akhir Renstra", "6", "Rp", 16),
    ("Realisasi Renstra s/d tahun lalu", "7", "Rp", 16),
    ("Target Renja tahun berjalan", "8", "Rp", 16),
    ("Realisasi Triwulan I", "9", "Rp", 15),
    ("Realisasi Triwulan II", "10", "Rp", 15),
    ("Realisasi Triwulan III", "11", "Rp", 15),
    ("Realisasi Triwulan IV", "12", "Rp", 15),
    ("Realisasi tahun berjalan", "13 = 9+10+11+12", "Rp", 16),
    ("Tingkat capaian", "14 = 13/8", "K (%)", 10),
    ("Tingkat capaian", "14 = 13/8", "Rp (%)", 10),
    ("Predikat", "15", "", 15),
    ("Realisasi Renstra s/d tahun berjalan", "16", "Rp", 16),
    ("Tingkat capaian Renstra", "17 = 16/6", "Rp (%)", 12),
)
_PLACES = {"target_renstra_rp": 3, "realisasi_lalu_rp": 4, "target_rp": 5, "tw1_rp": 6, "tw2_rp": 7, "tw3_rp": 8, "tw4_rp": 9}
_LOOKS: dict[str, dict[str, Any]] = {
    "program": {"bold": True, "bg_color": "#DCE6F1"},
    "kegiatan": {"bold": True},
    "total": {"bold": True, "bg_color": "#BDD0E6", "top": 2},
}
_SUM_OF_QUARTERS, _K, _RATIO, _PREDIKAT, _RENSTRA, _RENSTRA_RATIO = 10, 11, 12, 13, 14, 15


@dataclass(slots=True)
class _Node:
    """One row of the form: its own figures (a leaf's), or those of the rows below it."""

    kode: str
    uraian: str
    level: str
    kecamatan: int | None = None
    own: dict[str, Decimal | None] = field(default_factory=dict)
    children: list[_Node] = field(default_factory=list)
    row: int = 0

    def total(self, name: str) -> Decimal | None:
        """A figure with everything below added; None where nothing states it."""
        figures = [self.own.get(name), *(child.total(name) for child in self.children)]
        stated = [figure for figure in figures if figure is not None]
        return sum(stated, Decimal(0)) if stated else None

    def walk(self) -> Iterator[_Node]:
        """The row and those below it, as they are written."""
        yield self
        for child in self.children:
            yield from child.walk()


def build_rows(records: Sequence[Record], programs: Sequence[Record]) -> list[_Node]:
    """The tree of programs. What a program or kegiatan has of its own (a kecamatan that gave no details) becomes a row below it."""
    titles = {row["kode"]: row["program"] for row in programs}
    tree: dict[str, _Node] = {}
    kegiatan: dict[tuple[str, str], _Node] = {}
    for row in records:
        kode_program = row["kode_program"]
        program = tree.setdefault(kode_program, _Node(kode_program, titles.get(kode_program) or "", "program"))
        parent = program
        if row["level"] == "program":
            program.kecamatan, program.uraian = row["jumlah_kecamatan"], program.uraian or row["uraian"] or ""
        elif row["kode_kegiatan"]:
            key = (kode_program, row["kode_kegiatan"])
            if key not in kegiatan:
                kegiatan[key] = _Node(row["kode_kegiatan"], "(tidak dilaporkan)", "kegiatan")
                program.children.append(kegiatan[key])
            parent = kegiatan[key]
            if row["level"] == "kegiatan":
                parent.uraian, parent.kecamatan = row["uraian"] or "", row["jumlah_kecamatan"]
        if row["is_daun"]:
            own = {name: row[name] for name in _MONEY}
            if row["level"] in ("program", "kegiatan"):
                parent.children.append(_Node("", "(dilaporkan tanpa rincian)", "sub_kegiatan", None, own))
            else:
                uraian = row["uraian"] or ""
                parent.children.append(_Node(row["kode"], uraian, "sub_kegiatan", row["jumlah_kecamatan"], own))
    return [tree[kode] for kode in sorted(tree)]


def write_form(sheet: Worksheet, recap: Recap, looks: Looks) -> None:
    """The sheet: header with the form's numbers, the tree, TOTAL."""
    from pipelines.reports.recap_sheets import cached, fit_row, plain, write_value

    for column, (title, number, unit, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEADER, column, title, looks.head)
        sheet.write_string(_HEADER + 1, column, unit, looks.head)
        sheet.write_string(
            _HEADER + 2, column, number, looks(align="center", italic=True, bg_color="#DCE6F1", border=1, border_color="#B8C2CC")
        )
    for quarter in range(recap.triwulan + 1, 5):
        sheet.set_column(_PLACES[f"tw{quarter}_rp"], _PLACES[f"tw{quarter}_rp"], 15, None, {"hidden": True})
    sheet.merge_range(_HEADER, _K, _HEADER, _RATIO, _COLUMNS[_K][0], looks.head)
    sheet.set_row(_HEADER, 44)
    sheet.repeat_rows(_HEADER, _HEADER + 2)
    sheet.freeze_panes(_FIRST, 2)
    programs = build_rows(recap.anggaran, recap.program)
    rows = [node for program in programs for node in program.walk()]
    for place, node in enumerate(rows, start=_FIRST):
        node.row = place
    grades = {row["kode"]: row for row in recap.program}
    total = _Node("TOTAL", "", "total", recap.ringkasan["jumlah_kecamatan_lapor"], children=programs, row=_FIRST + len(rows))
    for node in (*rows, total):
        more = _LOOKS.get(node.level, {})
        line = node.row + 1
        sheet.write_string(node.row, 0, "" if node.kode == "TANPA_PROGRAM" else plain(node.kode), looks.cell("text", **more))
        indent = {"kegiatan": 1, "sub_kegiatan": 2}.get(node.level, 0)
        sheet.write_string(node.row, 1, plain(node.uraian), looks.cell("wrap", indent=indent, **more))
        fit_row(sheet, node.row, [(node.uraian, _COLUMNS[1][3] - 2 * indent - (4 if more else 0))])
        write_value(sheet, node.row, 2, node.kecamatan, looks.cell("angka", **more))
        money, percent = looks.cell("rupiah", **more), looks.cell("persen", **more)
        for name, column in (*_PLACES.items(), ("renstra_realisasi_rp", _RENSTRA)):
            figure = node.total(name)
            if figure is None or not node.children:
                write_value(sheet, node.row, column, figure, money)
                continue
            letter = xl_col_to_name(column)
            sheet.write_formula(node.row, column, _sum(node, letter), money, float(figure))
        quarters = f"G{line}:J{line}"
        sheet.write_formula(
            node.row, _SUM_OF_QUARTERS, f'=IF(COUNT({quarters})>0,SUM({quarters}),"")', money, cached(node.total("realisasi_rp"))
        )
        sheet.write_formula(
            node.row, _RATIO, _ratio("K", "F", line), percent, _percent(node.total("realisasi_rp"), node.total("target_rp"))
        )
        sheet.write_formula(
            node.row,
            _RENSTRA_RATIO,
            _ratio("O", "D", line),
            percent,
            _percent(node.total("renstra_realisasi_rp"), node.total("target_renstra_rp")),
        )
        grade = recap.ringkasan if node.level == "total" else grades.get(node.kode, {}) if node.level == "program" else {}
        write_value(sheet, node.row, _K, grade.get("rata_capaian_k_pct"), percent)
        write_value(sheet, node.row, _PREDIKAT, grade.get("predikat"), looks.cell("center", **more))


def _sum(node: _Node, letter: str) -> str:
    """Children that stand on end are one range; programs and kegiatan, which have rows between them, are named one by one."""
    rows = [child.row + 1 for child in node.children]
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return "=SUM(" + ",".join(f"{letter}{a}" if a == b else f"{letter}{a}:{letter}{b}" for a, b in parts) + ")"


def _ratio(top: str, bottom: str, line: int) -> str:
    return f'=IF(AND(ISNUMBER({top}{line}),N({bottom}{line})<>0),{top}{line}/{bottom}{line}*100,"")'


def _percent(top: Decimal | None, bottom: Decimal | None) -> float | str:
    return "" if not bottom or top is None else float(top) / float(bottom) * 100
