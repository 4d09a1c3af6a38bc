"""The rows of an E.81 table, typed: levels, codes, groups, texts and figures.

In: a `Sheet`, its `Table`, `References`. Out: the `baris` columns of `Form` and what the reader saw wrong at single cells. Works column by
column: a form has some seven thousand cells, and most are plain numbers. Source of the rules: Permendagri 86/2017 E.81 and the ways
clerks fill it (several indicators under one code, sasaran rows without code, kelurahan rows below a sub kegiatan).
Does not belong here: finding the columns (`table`), the foot (`foot`), what one cell's number is (`numbers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.reference.tables import References
from pipelines.workbook.cells import CellValue, Columns, Sheet, address
from pipelines.workbook.codes import join_code_cells, level_of, read_code, split_title
from pipelines.workbook.columns import Level
from pipelines.workbook.foot import is_average, is_foot_start
from pipelines.workbook.header import only_counts
from pipelines.workbook.layouts import RATIO_FIELDS
from pipelines.workbook.submission import CellFinding
from pipelines.workbook.table_columns import Table
from pipelines.workbook.titles import match_title
from pipelines.workbook.words import column_words, joined_words, text_of

_TOTAL = re.compile(
    r"(grand )?(total|t o t a l|jumlah|j u m l a h)"
    r"( (total|anggaran|belanja|renja|perangkat daerah|keseluruhan|seluruhnya|kecamatan(?!.* yang ).*|\(?rp\.?\)?))*\s*[:.]?",
    re.IGNORECASE,
)
_MONEY_TEXT = re.compile(r"[1-9#]")  # not nil, not words such as n/a; a lost figure is one
_SUM = re.compile(r"(grand |sub ?)?total\b|jumlah\b|jml\b|Σ", re.IGNORECASE)
_KELURAHAN = re.compile(r"^[-•*\d. )]*(kelurahan\b|kel\b\.?|lurah\b)", re.IGNORECASE)
_INDICATOR_START = re.compile(r"^(persentase|prosentase|rata ?-? ?rata|jumlah|indeks|nilai|tingkat|%)\b", re.IGNORECASE)
_SEVERAL = 2  # figures in one row below the foot from which it is a row that was meant to count
_LEVELS = tuple(Level)


@dataclass(slots=True)
class TypedRows:
    """The rows that belong to the form, before their figures: parallel lists, a place per row."""

    index: list[int] = field(default_factory=list)  # position in sheet.rows
    level: list[str] = field(default_factory=list)
    kode: list[str | None] = field(default_factory=list)
    kelompok: list[int] = field(default_factory=list)
    indikator_ke: list[int] = field(default_factory=list)
    texts: dict[str, list[str | None]] = field(default_factory=dict)
    foot: int = 0  # position in sheet.rows where the foot begins
    findings: list[CellFinding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, i: int, level: str, kode: str | None, kelompok: int, ke: int) -> None:
        """One more row."""
        self.index.append(i)
        self.level.append(level)
        self.kode.append(kode)
        self.kelompok.append(kelompok)
        self.indikator_ke.append(ke)


class _Reader:
    """One pass over the body, deciding what each row is."""

    def __init__(self, sheet: Sheet, table: Table, references: References, tahun: int) -> None:
        self.sheet, self.table, self.references, self.tahun = sheet, table, references, tahun
        self.out = TypedRows()
        self.first = table.body_first - sheet.top
        self.stop = min(table.body_stop - sheet.top, len(sheet.rows))
        pairs = table.pairs.values()
        stated = [p for name, p in table.pairs.items() if name not in RATIO_FIELDS]
        self.figure_columns = self._places(c for p in pairs for c in (p.k, p.rp))
        self.output_columns = self._places(p.k for p in stated)
        self.unit_columns = self._places((table.satuan, *(p.satuan for p in pairs)))
        self.stated_columns = [self._places((p.k, p.rp)) for p in stated]
        self.columns = {name: c - sheet.left for name, c in table.texts.items()}
        self.kode_columns = [c - sheet.left for c in table.text_spans.get("kode_lapor", ())] or [self.columns.get("kode_lapor", -1)]
        body = sheet.rows[self.first : self.stop]
        columns = Columns(body)
        self.words = {
            name: joined_words(body, [c - sheet.left for c in table.text_spans[name]], name)
            if name in table.text_spans
            else column_words(columns[c - sheet.left])
            for name, c in table.texts.items()
        }
        self.seen: dict[str, int] = {}
        self.group = -1
        self.ke = 0
        self.sasaran = 0
        self.kelurahan: dict[str, int] = {}
        self.current: tuple[str, str | None] | None = None  # level and kode of the group that is open
        self.last_code: str | None = None
        self.head = self.first  # the row of which the last code, or a title in its place, is
        self.group_money = False  # whether the open group already has an Rp figure
        self.merged_kode = {
            r
            for r1, c1, r2, c2 in sheet.merged
            if r2 > r1 and any(c1 <= c <= c2 for c in (table.texts.get("kode_lapor", -1), table.texts.get("uraian", -1)))
            for r in range(r1 + 1, r2 + 1)
        }
        self.averages: set[int] = set()  # rows with a program's average or predikat
        self.lifted = self._lift_codes()
        self.totals = self._total_rows()

    def _places(self, columns: Iterable[int | None]) -> list[int]:
        """Positions in a row of the columns that the form has."""
        return [c - self.sheet.left for c in columns if c is not None]

    def _lift_codes(self) -> dict[int, str]:
        """Codes that stand in one cell with their title: position → code. The title becomes the row's uraian, the code its kode."""
        lifted: dict[int, str] = {}
        kode, uraian = self.words.get("kode_lapor"), self.words.get("uraian")
        for place in range(len(uraian or ())):
            for words in (kode, uraian):
                text = words[place] if words else None
                # the cell's first letter is cheap to look at: a title without code begins with a letter
                if not text or not (text[0].isdigit() or text[0] in "xX") or not (both := split_title(text)):
                    continue
                if words is kode and uraian and uraian[place] and uraian[place] != both[1]:
                    continue
                if words is uraian and kode and (own := read_code(kode[place] or "")) and own.kode.count(".") >= 2:
                    continue
                lifted[place + self.first] = both[0]
                if uraian:
                    uraian[place] = both[1]
                if kode:
                    kode[place] = both[0]
                break
        return lifted

    def cell(self, i: int, name: str) -> str:
        words = self.words.get(name)
        return (words[i - self.first] or "") if words else ""

    def at(self, i: int, j: int) -> str:
        return address(i + self.sheet.top, j + self.sheet.left)

    def figure_at(self, row: Sequence[CellValue]) -> int | None:
        """The first column with a figure that is not nil."""
        for j in self.figure_columns:
            if j < len(row):
                value = row[j]
                if isinstance(value, str):
                    if value and any(ch.isdigit() for ch in value) and value.strip("0., -%") != "":
                        return j
                elif value:
                    return j
        return None

    @staticmethod
    def _figures(row: Sequence[CellValue], columns: Sequence[int]) -> int:
        """How many figures that are not nil stand in these columns; longer texts that begin with a number are no figures."""
        cells = [row[j] for j in columns if j < len(row) and row[j] not in ("", 0)]
        return sum(1 for v in cells if not isinstance(v, str) or (len(v) < 30 and v.strip()[:1].isdigit()))

    def code_at(self, i: int) -> tuple[str, CellValue]:
        """The kode as it stands, pieces in several cells joined, and its text."""
        if i in self.lifted:
            return self.lifted[i], self.lifted[i]
        row = self.sheet.rows[i]
        values = [row[j] for j in self.kode_columns if 0 <= j < len(row) and row[j] != ""]
        if not values:
            return "", ""
        value: CellValue = values[0] if len(values) == 1 else join_code_cells(values)
        return text_of(value).strip(), value

    def run(self) -> TypedRows:
        coded = self._has_codes()
        out = self.out
        end, last_total = self._extent()
        i = self.first
        while i < end:
            row = self.sheet.rows[i]
            if i + self.sheet.top in self.table.repeated or not any(v != "" for v in row):
                i += 1
                continue
            if i in self.averages:
                out.notes.append(f"baris {i + self.sheet.top + 1} dilewati: rata-rata atau predikat di tengah tabel")
            elif i in self.totals:
                if i == last_total:
                    self.group += 1
                    out.add(i, Level.TOTAL, None, self.group, 1)
                else:
                    self._pass_over(i, row, "", "jumlah antara, bukan TOTAL yang terakhir")
            else:
                self._row(i, row, coded)
            i += 1
        out.foot = end
        self._below(end)
        return out

    def _extent(self) -> tuple[int, int]:
        """Where the foot begins, and the last TOTAL row before it (-1: none). Rows below the last TOTAL count only if they have a code."""
        total = coded_after = -1
        for i in range(self.first, self.stop):
            row = self.sheet.rows[i]
            if i + self.sheet.top in self.table.repeated:
                continue
            if self._is_foot(i, row):
                if not is_average(row) or not self._goes_on(i):
                    return i, total
                self.averages.add(i)
            if i in self.totals:
                total = i
            elif total >= 0 and self._code(i):
                coded_after = i
        if total >= 0 and total > coded_after:
            return total + 1, total
        return self.stop, total

    def _is_foot(self, i: int, row: Sequence[CellValue]) -> bool:
        """Whether a row begins like the foot and is no row of the table all the same: an indicator may be worded like a label."""
        if not is_foot_start(row) or self._code(i):
            return False
        # the foot's average stands under the ratios, in a form without them under one number; a row of the table has figures under several
        return self._stated(row) < _SEVERAL

    def _stated(self, row: Sequence[CellValue]) -> int:
        """Under how many numbers of the form, ratios apart, a row has figures."""
        return sum(1 for columns in self.stated_columns if self._figures(row, columns))

    def _goes_on(self, average: int) -> bool:
        """Whether rows of the table follow an average before the foot does: it is then a program's, not the form's."""
        for i in range(average + 1, self.stop):
            row = self.sheet.rows[i]
            if i + self.sheet.top in self.table.repeated or is_average(row):
                continue
            if is_foot_start(row):
                return False
            if self._code(i) or (self._stated(row) >= _SEVERAL and not only_counts(row)):
                return True
        return False

    def _code(self, i: int) -> bool:
        _, value = self.code_at(i)
        code = read_code(value) if value != "" else None
        return code is not None and code.kode.count(".") >= 2

    def _below(self, foot: int) -> None:
        """Rows below the foot that have a code, or several figures, are not loaded: said, never silent."""
        for i in range(foot, self.stop):
            row = self.sheet.rows[i]
            if len(row) - row.count("") < 2:  # neither a code and a figure nor several figures
                continue
            if i + self.sheet.top in self.table.repeated or self.figure_at(row) is None:
                continue
            # average and predikat have figures of their own; a header repeated below has numbers and no rows
            several = self._figures(row, self.figure_columns) >= _SEVERAL
            if self._code(i) or (several and not self._is_foot(i, row) and not only_counts(row)):
                self._pass_over(i, row, self.code_at(i)[0], "berada di bawah kaki formulir")

    def _has_codes(self) -> bool:
        for i in range(self.first, self.stop):
            _, value = self.code_at(i)
            if value != "":
                code = read_code(value)
                if code is not None and code.level is not None and code.kode.count(".") >= 2:
                    return True
        return False

    def _total_rows(self) -> frozenset[int]:
        """The rows whose first words are TOTAL or JUMLAH."""
        texts = [self.words[name] for name in ("kode_lapor", "sasaran", "uraian", "indikator") if name in self.words]
        firsts = (next(filter(None, row), "") for row in zip(*texts, strict=True))
        return frozenset(i for i, first in enumerate(firsts, self.first) if first and _TOTAL.fullmatch(first))

    def _row(self, i: int, row: Sequence[CellValue], coded: bool) -> None:
        text, value = self.code_at(i)
        code = read_code(value) if value != "" else None
        if code is not None and not coded:
            code = None
        if code is not None and code.kode.count(".") < 2 and level_of(code.kode) is None:
            code = None
        uraian, sasaran, indikator = self.cell(i, "uraian"), self.cell(i, "sasaran"), self.cell(i, "indikator")
        if code is None and self._is_sum(row, uraian, sasaran, indikator, text):
            self._pass_over(i, row, text or uraian or sasaran or indikator, "jumlah antara, bukan TOTAL")
            return
        if code is not None and code.kode == self.last_code and self._is_kelurahan(i, row, uraian, indikator, sasaran):
            self._kelurahan_row(i)  # the code of the sub kegiatan above it, repeated
            return
        if code is not None:
            level = level_of(code.kode)
            if level is None or level not in _LEVELS:
                self._pass_over(i, row, text, "kode bidang atau urusan, bukan baris program, kegiatan atau sub kegiatan")
                return
            self._coded(i, code.kode, level, uraian, indikator, row)
            if not code.certain:
                why = f"dibaca {code.kode}"
                self._finding("kode_tidak_dikenal", i, self.kode_columns[0], text, code.kode, code.kode, "kode_lapor", why)
            return
        if not (uraian or sasaran or indikator):
            if self.figure_at(row) is None:
                return
            if i + self.sheet.top in self.merged_kode and self.current:
                self._continue(i)
            else:
                self._pass_over(i, row, "", "baris berangka tanpa kode, uraian dan indikator")
            return
        if self._is_kelurahan(i, row, uraian, indikator, sasaran):
            self._kelurahan_row(i)
            return
        if not uraian and not sasaran:
            if self.current is not None:
                self._continue(i)
            else:
                self._pass_over(i, row, indikator, "indikator tanpa kode di atasnya")
            return
        if sasaran and (not uraian or (coded and _INDICATOR_START.match(uraian))) and (indikator or self.figure_at(row) is not None):
            self._open_sasaran(i, sasaran, uraian)
            return
        if uraian:
            self._titled(i, row, uraian, sasaran, indikator, text, coded)
            return
        if self.figure_at(row) is not None:
            self._pass_over(i, row, sasaran or indikator, "baris berangka yang bukan baris formulir")

    def _is_sum(self, row: Sequence[CellValue], uraian: str, sasaran: str, indikator: str, kode: str) -> bool:
        """Whether a row is a subtotal: one text that begins like it, money, and nothing of an output."""
        first, *more = [text for text in (kode, sasaran, uraian, indikator) if text] or [""]
        if more or not _SUM.match(first) or self._money(row) is None:
            return False
        return self._without_output(row)

    def _without_output(self, row: Sequence[CellValue]) -> bool:
        return not self._figures(row, self.output_columns) and not any(j < len(row) and row[j] != "" for j in self.unit_columns)

    def _is_kelurahan(self, i: int, row: Sequence[CellValue], uraian: str, indikator: str, sasaran: str) -> bool:
        """Whether a row is a kelurahan's part of the sub kegiatan above it: named in a text, or as the one that answers for it."""
        if self.current is None or self.current[0] not in (Level.SUB_KEGIATAN, Level.KELURAHAN):
            return False
        own = uraian.removeprefix(self.cell(self.head, "uraian")).lstrip(" -–:,(")
        if _KELURAHAN.match(own) or _KELURAHAN.match(sasaran):
            return True
        if not uraian and not sasaran and _KELURAHAN.match(indikator):
            return self.group_money and self._money(row) is not None
        answers = _KELURAHAN.match(self.cell(i, "penanggung_jawab")) and not _KELURAHAN.match(self.cell(self.head, "penanggung_jawab"))
        return not sasaran and bool(answers) and bool(uraian) and uraian == self.cell(self.head, "uraian")

    def _kelurahan_row(self, i: int) -> None:
        parent = self.last_code or ""
        self.kelurahan[parent] = self.kelurahan.get(parent, 0) + 1
        self.group += 1
        self.ke = 1
        kode = f"{parent}.K{self.kelurahan[parent]}"
        self.current = (Level.KELURAHAN, kode)
        self.out.add(i, Level.KELURAHAN, kode, self.group, 1)

    def _open_sasaran(self, i: int, sasaran: str, uraian: str) -> None:
        self.sasaran += 1
        self.group += 1
        self.ke = 1
        kode = f"S{self.sasaran}"
        self.current = (Level.SASARAN, kode)
        self.out.add(i, Level.SASARAN, kode, self.group, 1)
        if uraian and _INDICATOR_START.match(uraian):
            self._finding("teks_bergeser", i, self.columns["uraian"], uraian, "indikator", kode, "uraian")
            if not self.cell(i, "indikator"):
                self.words["indikator"][i - self.first], self.words["uraian"][i - self.first] = uraian, None
        self.out.notes.append(f"baris {i + self.sheet.top + 1}: sasaran {kode} (kolom sasaran terisi, tanpa kode)")

    def _coded(self, i: int, kode: str, level: str, uraian: str, indikator: str, row: Sequence[CellValue]) -> None:
        if (
            self.current
            and self.last_code == kode
            and self.current[0] == level
            and indikator
            and (not uraian or uraian == self.cell(self.head, "uraian"))
            and not (self.group_money and self._money(row) is not None)
        ):
            self._continue(i)
            self.group_money = self.group_money or self._money(row) is not None
            return
        stated = kode
        if kode in self.seen:
            self.seen[kode] += 1
            kode = f"{stated}#{self.seen[stated]}"
            self._finding("kode_ganda", i, self.kode_columns[0], stated, None, kode, "kode_lapor")
        else:
            self.seen[kode] = 1
        self.group += 1
        self.ke = 1
        self.current = (level, kode)
        self.last_code = stated
        self.head = i
        self.group_money = self._money(row) is not None
        self.out.add(i, level, kode, self.group, 1)

    def _money(self, row: Sequence[CellValue]) -> int | None:
        for pair in self.table.pairs.values():
            if pair.rp is not None:
                value = row[pair.rp - self.sheet.left] if pair.rp - self.sheet.left < len(row) else ""
                if value not in ("", 0) and (not isinstance(value, str) or _MONEY_TEXT.search(value)):
                    return pair.rp
        return None

    def _continue(self, i: int) -> None:
        assert self.current is not None  # noqa: S101 - callers have looked
        self.ke += 1
        self.out.add(i, self.current[0], self.current[1], self.group, self.ke)

    def _titled(self, i: int, row: Sequence[CellValue], uraian: str, sasaran: str, indikator: str, text: str, coded: bool) -> None:
        """A row with a title but without a readable code: a form without codes, or a code that was lost."""
        if self.figure_at(row) is None and not indikator:
            return
        match = self._match(uraian)
        j = self.columns.get("uraian", 0)
        if match is None:
            if sasaran and not coded and not indikator:
                self._open_sasaran(i, sasaran, uraian)
                return
            if not indikator and self._without_output(row):  # the kecamatan's name, an urusan, a group of programs
                self._pass_over(i, row, text or uraian, "judul yang tidak dikenal, tanpa kode, indikator dan keluaran")
                return
            parent = self.last_code or ""
            kode = f"?{i + self.sheet.top + 1}"
            self.group += 1
            self.ke = 1
            level = self.current[0] if self.current and self.current[0] != Level.SASARAN else Level.SUB_KEGIATAN
            self.current = (level, kode)
            self.head = i
            self.out.add(i, level, kode, self.group, 1)
            why = f"uraian “{_short(uraian)}” bukan nama resmi yang dikenal"
            self._finding(
                "kode_tidak_dikenal", i, self.kode_columns[0] if text else j, text, f"kode di bawah {parent}", kode, "kode_lapor", why
            )
            return
        kode, certain = match
        self._coded(i, kode, level_of(kode) or Level.SUB_KEGIATAN, uraian, indikator, row)
        if coded or not certain:
            why = f"dibaca {kode} menurut uraian “{_short(uraian)}”"
            self._finding("kode_tidak_dikenal", i, self.kode_columns[0] if text else j, text, kode, kode, "kode_lapor", why)

    def _match(self, uraian: str) -> tuple[str, bool] | None:
        """By level and official title, within the open program and kegiatan first: the same title may stand under two of them."""
        last = self.last_code or ""
        parts = last.split(".")
        kegiatan = ".".join(parts[:5]) if len(parts) >= 5 else None
        program = ".".join(parts[:3]) if len(parts) >= 3 else None
        upper = uraian.upper() == uraian
        tries: list[tuple[str | None, tuple[str, ...]]] = []
        if upper or uraian.lower().startswith("program "):
            tries.append((None, ("program",)))
        if kegiatan:
            tries.append((kegiatan, ("sub_kegiatan",)))
        if program:
            tries.append((program, ("kegiatan",)))
        tries += [(None, ("program",)), (None, ("kegiatan", "sub_kegiatan"))]
        best: tuple[str, bool] | None = None
        for parent, levels in tries:
            match = match_title(uraian, self.references, self.tahun, parent, levels)
            if match and match[1]:
                return match
            best = best or match
        return best

    def _finding(
        self, aturan: str, i: int, j: int, stands: str, expected: str | None, kode: str | None, kolom: str | None, why: str | None = None
    ) -> None:
        sel, baris = self.at(i, max(j, 0)), i + self.sheet.top + 1
        self.out.findings.append(CellFinding(aturan, sel, stands or None, expected, kode, kolom, baris, why))

    def _pass_over(self, i: int, row: Sequence[CellValue], stands: str, why: str) -> None:
        j = self.figure_at(row)
        self.out.notes.append(f"baris {i + self.sheet.top + 1} dilewati: {why}")
        if j is not None:
            self.out.findings.append(
                CellFinding("baris_tidak_dimuat", self.at(i, j), text_of(row[j]), stands or None, None, None, i + self.sheet.top + 1, why)
            )


def type_rows(sheet: Sheet, table: Table, references: References, tahun: int) -> TypedRows:
    """Decide what each row of the table is: level, code, group; texts included. `tahun` chooses the nomenclature."""
    reader = _Reader(sheet, table, references, tahun)
    typed = reader.run()
    for name, words in reader.words.items():
        typed.texts[name] = [words[i - reader.first] for i in typed.index]
    return typed


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
