"""The rows of an E.81 table, typed: levels, codes, groups, texts and figures.

In: a `Sheet`, its `Table`, `References`. Out: the `baris` columns of `Form` and what the reader saw wrong at single cells. Works column by
column: a form has some seven thousand cells, and most are plain numbers. Source of the rules: Permendagri 86/2017 E.81 and the ways
clerks fill it (several indicators under one code, sasaran rows without code, kelurahan rows below a sub kegiatan).
Does not belong here: finding the columns (`table`), the foot (`foot`), what one cell's number is (`numbers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.reference.tables import References, indicator_key
from pipelines.workbook.cells import CellValue, Sheet
from pipelines.workbook.codes import level_of, read_code
from pipelines.workbook.columns import Level
from pipelines.workbook.foot import is_average, is_foot_start, is_signature
from pipelines.workbook.header import only_counts
from pipelines.workbook.row_cells import TableRows
from pipelines.workbook.row_words import (
    INDICATOR,
    KELURAHAN,
    SASARAN,
    SUBTOTAL,
    SUM,
    TOTAL,
    TUJUAN,
    UNIT,
    begins_a_row,
    is_detail,
    is_lost_code,
    is_statement,
    is_wrapped,
)
from pipelines.workbook.submission import CellFinding
from pipelines.workbook.table_columns import Table
from pipelines.workbook.titles import match_title
from pipelines.workbook.words import text_of

_SEVERAL = 2  # figures in one row below the foot from which it is a row that was meant to count
_BIDANG = "7.01."  # kecamatan
_SHORTEST_CODE = 6  # characters of a program's code
_LEVELS = tuple(Level)
_FURTHER = "dibaca sebagai indikator berikutnya dari kode di atasnya"
_BELOW = (Level.SUB_KEGIATAN, Level.KELURAHAN)  # what a detail may stand below


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


class _Reader(TableRows):
    """One pass over the body, deciding what each row is."""

    def __init__(self, sheet: Sheet, table: Table, references: References, tahun: int) -> None:
        super().__init__(sheet, table)
        self.references, self.tahun = references, tahun
        self.out = TypedRows()
        self.seen: dict[str, int] = {}
        self.group = -1
        self.ke = 0
        self.sasaran = 0
        self.kelurahan: dict[str, int] = {}
        self.current: tuple[str, str | None] | None = None  # level and kode of the group that is open
        self.last_code: str | None = None
        self.head = self.first  # the row of which the last code, or a title in its place, is
        self.money_row = -1  # the first row of the open group that has an Rp figure
        self.sasaran_text = ""  # the last text in the column of sasaran
        self.last = -1  # the last row that is, or belongs to, a row of the form
        self.end = self.stop  # where the foot begins
        self.merged_kode = {
            r
            for r1, c1, r2, c2 in sheet.merged
            if r2 > r1 and any(c1 <= c <= c2 for c in (table.texts.get("kode_lapor", -1), table.texts.get("uraian", -1)))
            for r in range(r1 + 1, r2 + 1)
        }
        self.averages: set[int] = set()  # rows with a program's average or predikat
        self.totals = self._total_rows()

    def run(self) -> TypedRows:
        coded = self._has_codes()
        out = self.out
        end, last_total = self._extent()
        self.end = end
        i = self.first
        while i < end:
            row = self.sheet.rows[i]
            if i in self.repeated or not any(v != "" for v in row):
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
            if i in self.repeated:
                continue
            if self._is_foot(i, row):
                if not (is_average(row) or is_signature(row)) or not self._goes_on(i):
                    return i, total
                if is_average(row):
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
        # the foot's average stands under the ratios, in a form without them under one number; a row of the table has figures under several,
        # and its indicator in the column of indicators
        return self._stated(row) < _SEVERAL or (is_average(row) and not self.cell(i, "indikator"))

    def _goes_on(self, average: int) -> bool:
        """Whether rows of the table follow an average before the foot does: it is then a program's, not the form's."""
        for i in range(average + 1, self.stop):
            row = self.sheet.rows[i]
            if i in self.repeated or is_average(row):
                continue
            if is_foot_start(row):
                return False
            if self._code(i) or (self._stated(row) >= _SEVERAL and not only_counts(row)):
                return True
        return False

    def _below(self, foot: int) -> None:
        """Rows below the foot that have a code, or several figures, are not loaded: said, never silent."""
        for i in range(foot, self.stop):
            row = self.sheet.rows[i]
            if len(row) - row.count("") < 2:  # neither a code and a figure nor several figures
                continue
            if i in self.repeated or self.figure_at(row) is None:
                continue
            # average and predikat have figures of their own; a header repeated below has numbers and no rows
            several = self._figures(row, self.figure_columns) >= _SEVERAL
            if self._code(i) or (several and not self._is_foot(i, row) and not only_counts(row)):
                self._pass_over(i, row, self.code_at(i)[0], "berada di bawah kaki formulir")

    def _total_rows(self) -> frozenset[int]:
        """The rows whose first words are TOTAL or JUMLAH."""
        texts = [self.words[name] for name in ("kode_lapor", "sasaran", "uraian", "indikator", "formulasi") if name in self.words]
        # a dash, a number or the code of the bidang may stand before the word
        firsts = (next((t for t in row if t and (t[0].isalpha() or len(t) >= _SHORTEST_CODE)), "") for row in zip(*texts, strict=True))
        return frozenset(i for i, first in enumerate(firsts, self.first) if first and TOTAL.fullmatch(first))

    def _row(self, i: int, row: Sequence[CellValue], coded: bool) -> None:
        text, value = self.code_at(i)
        code = read_code(value) if value != "" else None
        if code is not None and not coded:
            code = None
        if code is not None and code.kode.count(".") < 2 and level_of(code.kode) is None:
            code = None
        uraian, sasaran, indikator = self.cell(i, "uraian"), self.cell(i, "sasaran"), self.cell(i, "indikator")
        if code is not None and uraian and self._is_cut(code.kode, uraian):
            code = None
        if code is not None and level_of(code.kode) not in _LEVELS:
            if uraian or not sasaran:
                self._pass_over(i, row, text, "kode bidang atau urusan, bukan baris program, kegiatan atau sub kegiatan")
                self.current = None  # what follows without a code is not of the code before
                return
            code = None  # a sasaran with the code of its bidang
        if code is None:
            if sasaran and sasaran == self.sasaran_text and self.current:
                sasaran = ""  # repeated beside every row
            if self._wraps(i, row, text, (uraian, sasaran, indikator)):
                self._join(i)
                return
            if self._is_sum(row, uraian, sasaran, indikator, text):
                self._pass_over(i, row, text or uraian or sasaran or indikator, "jumlah antara, bukan TOTAL")
                return
            if TUJUAN.match(sasaran or uraian) and self.figure_at(row) is not None:
                self._pass_over(i, row, sasaran or uraian, "tujuan, bukan sasaran, program, kegiatan atau sub kegiatan")
                self.current = None
                return
            if not uraian and not sasaran and is_statement(text):
                if indikator and self.current and not is_lost_code(text) and not begins_a_row(text) and not self._match(text):
                    self._finding("kode_tidak_dikenal", i, self.kode_columns[0], text, None, self.last_code, "kode_lapor", _FURTHER)
                else:
                    uraian = text  # a title in the column of codes, or a code that cannot be read
        self.sasaran_text = sasaran or self.sasaran_text
        self.last = i
        if code is not None and code.kode == self.last_code and self._is_kelurahan(i, row, uraian, indikator, sasaran):
            self._kelurahan_row(i)  # the code of the sub kegiatan above it, repeated
            return
        if code is not None:
            self._coded(i, code.kode, level_of(code.kode) or "", uraian, indikator, row)
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
        if sasaran and (not uraian or (coded and INDICATOR.match(uraian))) and (indikator or self.figure_at(row) is not None):
            self._open_sasaran(i, sasaran, uraian)
            return
        if uraian:
            self._titled(i, row, uraian, sasaran, indikator, text, coded)
            return
        if self.figure_at(row) is not None:
            self._pass_over(i, row, sasaran or indikator, "baris berangka yang bukan baris formulir")

    def _is_cut(self, kode: str, uraian: str) -> bool:
        """Whether a part of a code stands there (`2.01.01`, `7.01`, a parent's code again), and the title says without doubt of which."""
        if kode.startswith(_BIDANG) and kode not in self.seen:
            return False
        match = self._match(uraian)
        return match is not None and match[1] and match[0] not in self.seen and (kode in match[0] or not kode.startswith(_BIDANG))

    def _is_sum(self, row: Sequence[CellValue], uraian: str, sasaran: str, indikator: str, kode: str) -> bool:
        """Whether a row is a subtotal: one text that begins like it, money, and nothing of an output, unless the text leaves no doubt."""
        first, *more = [text for text in (kode, sasaran, uraian, indikator) if text] or [""]
        if more or not SUM.match(first) or self._money(row) is None:
            return False
        return self._without_output(row) or (first != indikator and bool(SUBTOTAL.match(first)))

    def _wraps(self, i: int, row: Sequence[CellValue], kode: str, texts: Sequence[str]) -> bool:
        """Whether a row holds nothing but the end of the words in the row above it."""
        if self.last != i - 1 or self.current is None or kode or not self._is_blank(row):
            return False
        if not all(not text or is_wrapped(text) for text in texts):
            above = self.cell(self.head, "uraian")
            match = above and texts[0] and match_title(f"{above} {texts[0]}", self.references, self.tahun, None, _LEVELS)
            if not match or match != (self.last_code, True):
                return False
        # what stands below the last row of the table is no row's: a note, or the signature
        below = range(i + 1, self.end)
        return any(self._code(k) or k in self.totals or self._stated(self.sheet.rows[k]) >= _SEVERAL for k in below)

    def _join(self, i: int) -> None:
        """Put the words of a row behind those of the form's row above it."""
        above = self.out.index[-1] - self.first
        for words in self.words.values():
            if text := words[i - self.first]:
                words[above] = f"{words[above]} {text}" if words[above] else text
        self.sasaran_text = self.words["sasaran"][above] or self.sasaran_text if "sasaran" in self.words else ""
        self.last = i

    def _is_kelurahan(self, i: int, row: Sequence[CellValue], uraian: str, indikator: str, sasaran: str) -> bool:
        """Whether a row is a kelurahan's part of the sub kegiatan above it: named in a text, or as the one that answers for it."""
        if self.current is None or self.current[0] not in _BELOW:
            return False
        own = uraian.removeprefix(self.cell(self.head, "uraian")).lstrip(" -–:,(")
        if KELURAHAN.match(own) or KELURAHAN.match(sasaran):
            return True
        if not uraian and not sasaran and KELURAHAN.match(indikator):
            return self.money_row >= 0 and self._money(row) is not None
        answers = KELURAHAN.match(self.cell(i, "penanggung_jawab")) and not KELURAHAN.match(self.cell(self.head, "penanggung_jawab"))
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
        if sasaran != self.cell(i, "sasaran") and "sasaran" in self.words:
            own = "uraian" if sasaran == self.cell(i, "uraian") else "kode_lapor"
            if not sasaran.lower().startswith("sasaran"):
                self._finding("teks_bergeser", i, self.columns[own], sasaran, "sasaran", kode, own, "dibaca sebagai sasaran")
            self.words["sasaran"][i - self.first], self.words[own][i - self.first] = sasaran, None
            self.sasaran_text = sasaran
        if uraian and INDICATOR.match(uraian):
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
            and (not uraian or self._same_title(uraian))
            and not self._own_money(row)
        ):
            self._continue(i)
            if self.money_row < 0 and self._money(row) is not None:
                self.money_row = i
            return
        if kode in self.seen and not indikator and self._is_blank(row):
            self.out.notes.append(f"baris {i + self.sheet.top + 1} dilewati: kode {kode} diulang tanpa indikator dan angka (lanjutan)")
            self.current = self.current if self.last_code == kode else None
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
        self.money_row = i if self._money(row) is not None else -1
        self.out.add(i, level, kode, self.group, 1)

    def _same_title(self, uraian: str) -> bool:
        """Whether a title is that of the open group, in whatever case and spacing."""
        above = self.cell(self.head, "uraian")
        return uraian == above or indicator_key(uraian) == indicator_key(above)

    def _own_money(self, row: Sequence[CellValue]) -> bool:
        """Whether a row has money, and not only its group's again."""
        if self.money_row < 0 or self._money(row) is None:
            return False
        above = self.sheet.rows[self.money_row]
        return any(j < len(row) and row[j] != "" and (j >= len(above) or row[j] != above[j]) for j in self.rp_columns)

    def _continue(self, i: int) -> None:
        assert self.current is not None  # noqa: S101 - callers have looked
        self.ke += 1
        self.out.add(i, self.current[0], self.current[1], self.group, self.ke)

    def _titled(self, i: int, row: Sequence[CellValue], uraian: str, sasaran: str, indikator: str, text: str, coded: bool) -> None:
        """A row with a title but without a readable code: a form without codes, or a code that was lost."""
        if self.figure_at(row) is None and not indikator:
            return
        if indikator and self.current and self.current[0] != Level.SASARAN and self._same_title(uraian) and not self._own_money(row):
            self._continue(i)  # the title of the group above, repeated
            return
        match = self._match(uraian)
        j = self.columns.get("uraian", 0)
        if match is None:
            if SASARAN.match(uraian):
                self._open_sasaran(i, uraian, "")
                return
            if UNIT.match(uraian):
                self._pass_over(i, row, uraian, "urusan atau perangkat daerah, bukan program, kegiatan atau sub kegiatan")
                self.current = None
                return
            below = level_of(self.last_code or "") == Level.SUB_KEGIATAN and (self.current or ("",))[0] in (*_BELOW, "")
            same = indikator and indikator == self.cell(self.head, "indikator")
            if coded and below and (same or is_detail(uraian, "" if self.head in self.lifted else text)):
                self._pass_over(i, row, uraian, f"rincian di bawah {self.last_code}")
                self.current = None
                return
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
