"""What stands above and below the E.81 table: head a-c, average and predikat, the six narratives, date and office of the signature.

In: a `Sheet`, its `Table`, where the foot begins. Out: `Foot` and the head's texts. The name and NIP of the camat are never taken: of the
signature block only place, date and office leave this module. Source of the labels: Permendagri 86/2017 E.81 and the form of Kabupaten
Lumajang. Does not belong here: the TOTAL row (a row of the table: `rows`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.reference.tables import References
from pipelines.workbook.cells import CellValue, LostCell, Sheet, address
from pipelines.workbook.dates import MONTHS
from pipelines.workbook.identity import kecamatan_in
from pipelines.workbook.numbers import ReadingKind, read_number
from pipelines.workbook.submission import CellFinding, FootValue, Narrative
from pipelines.workbook.table_columns import Table

_LETTER = r"(?:(?:[a-z0-9]{1,2}\s*[.)]+|[a-z0-9]\s)\s*){0,2}"
_MEAN = r"(?:rata\s*[-–]?\s*rata|rata2|rerata)"
_OF_WORK = r"(?:pencapaian|keberhasilan|capaian|kinerja)\b"
_AVERAGE = re.compile(
    rf"^{_LETTER}(?:(?:(?:nilai|total|jumlah)\s+)?{_MEAN}(?:\s+(?:(?:tingkat|persentase|hasil|nilai|total)\s+)*(?:capaian|kinerja)\b|\s*(?:\(%\))?\s*:?$)"
    rf"|(?:tingkat\s+)?capaian\s+(?:kinerja\s+)?{_MEAN})",
    re.IGNORECASE,
)
_PREDIKAT = re.compile(
    rf"^{_LETTER}(?:predikat(?:\s+(?:tingkat\s+)?(?:capaian\s+)?kinerja\b|\s*(?:[:=]|$))|(?:kategori|kriteria)\s+(?:capaian\s+)?kinerja\b)",
    re.IGNORECASE,
)
_PUSH = re.compile(
    rf"^{_LETTER}(?:faktor(?:\s*-\s*faktor)?\s+(?:yang\s+)?(?:pendorong|pendukung|mendorong|mendukung|keberhasilan)\b|(?:pendorong|pendukung)\s+{_OF_WORK})",
    re.IGNORECASE,
)
_HINDER = re.compile(
    rf"^{_LETTER}(?:faktor(?:\s*-\s*faktor)?\s+(?:yang\s+)?(?:penghambat|menghambat|kendala|hambatan)\b|(?:penghambat|hambatan|kendala)\s+{_OF_WORK})",
    re.IGNORECASE,
)
_FOLLOW = re.compile(rf"^{_LETTER}(?:(?:usulan\s+|rencana\s+)?tindak\s*lanjut\b|rtl\s+(?:triwulan|renja|tahun)\b)", re.IGNORECASE)
_GUIDE = re.compile(r"^\s*(?:\*+\)?|petunjuk pengisian|cara pengisian|keterangan pengisian|kolom\s*\(?\d+\)?\s*:)", re.IGNORECASE)
_START = re.compile(
    "|".join(
        f"(?:{pattern})"
        for pattern in (
            *(p.pattern for p in (_AVERAGE, _PREDIKAT, _PUSH, _HINDER)),
            rf"^{_LETTER}(?:usulan\s+|rencana\s+)?tindak\s*lanjut\s+(?:yang|pada|triwulan|renja)\b",
            r"^\s*(?:petunjuk pengisian|\*\)\s*diisi)",
        )
    ),
    re.IGNORECASE,
)
_SHORT = 200
_AVERAGED = ("capaian", "renstra_capaian", "realisasi")  # under whose K an average stands, the likeliest first
_VALUE = re.compile(r"[:=]\s*(.*\w.*)$|([0-9]+(?:[.,][0-9]+)?\s*%|[0-9]+,[0-9]+)\s*$")  # of an average, in the cell of its label
_AROUND = re.compile(r"^[\s:=]+|(?<=\S)\s*\([^()]*\)\s*$")  # "= 45,5 (Rendah)"
_GOAL = re.compile(rf"^{_LETTER}(?:indikator\s+)?(tujuan|sasaran)\b\s*(?:perangkat daerah|pd|opd)?\s*(?::|$)", re.IGNORECASE)
_INDIKATOR_GOAL = re.compile(
    rf"^{_LETTER}indikator\s+(tujuan|sasaran)\b(?:\s+(?:perangkat daerah|pd|opd))?\s*:?\s*(.*)$", re.IGNORECASE | re.DOTALL
)
_DATE = re.compile(
    r"(?:(?P<place>[A-Za-z][A-Za-z .'-]{2,30}?)\s*,\s*)?(?:(?:tanggal|tgl\.?)\s*:?)?\s*(?P<day>\d{1,2})\s*[-/. ]?\s*"
    r"(?P<month>[A-Za-z]{3,9}|\d{1,2})\s*[-/. ]\s*(?P<year>\d{4})\.?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"([A-Za-z][A-Za-z .'-]{2,30}?)\s*,\s*(?:tanggal|tgl\.?)?\s*:?", re.IGNORECASE)
_NO_DAY = re.compile(r"([A-Za-z][A-Za-z .'-]{2,30}?)\s*,\s*(?:tanggal|tgl\.?)?[\s.…_:-]*([A-Za-z]{3,9})\s+[0-9]{4}\.?", re.IGNORECASE)
_ACTING = r"(?:(?:plt|plh|pjs?|pj|a\.?\s?n)\s*\.?\s*)?"
_OFFICE = re.compile(
    rf"^\s*({_ACTING}(?:camat|kepala\s+kecamatan|sekretaris\s+(?:kecamatan|camat)))\b\s*(?:kecamatan\s+|kec\.?\s+)?"
    r"([A-Za-z ]*?)\s*[,:]?\s*$",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    rf"\s*(?:nip\b.*|[0-9]{{8}} ?[0-9]{{6}} ?[0-9] ?[0-9]{{3}}|{_ACTING}camat\s+[a-z ]{{4,40}},?"
    r"|[a-z][a-z .'-]{2,30},\s*(?:tanggal|tgl\.?)?\s*[0-9]{1,2}\s*[-/. ]?\s*(?:[a-z]{3,9}|[0-9]{1,2})\s*[-/. ]\s*20[0-9]{2}\.?)\s*",
    re.IGNORECASE,
)
_SIGNING = re.compile(
    r"^\s*(mengetahui|menyetujui|disusun|dievaluasi|disetujui|nip\b|kepala\b|ttd\b|an\.|a\.n\.|pembina\b|penata\b"
    r"|(?:pejabat|pengguna anggaran|kuasa pengguna|sekretaris|kasubag|kasi|penyusun)\b(?:\s+\w+){0,5}\s*,?$)",
    re.IGNORECASE,
)
_SPACE_TO_SIGN = 3  # empty rows below which a text is a name rather than one more item
_HEAD = (
    ("tujuan_indikator", re.compile(r"^(?:a\s*[.)]?\s*)?indikator(?:\s+tujuan)?(?:\s+perangkat daerah)?\s*:\s*(.+)$", re.IGNORECASE)),
    ("tujuan_target", re.compile(r"^(?:b\s*[.)]?\s*)?target(?:\s+kinerja)?(?:\s+tujuan)?\s*:\s*(.+)$", re.IGNORECASE)),
    ("tujuan_realisasi", re.compile(r"^(?:c\s*[.)]?\s*)?realisasi(?:\s+kinerja)?(?:\s+tujuan)?\s*:\s*(.+)$", re.IGNORECASE)),
)


@dataclass(slots=True)
class Foot:
    """What stands below the table."""

    rata_rata: FootValue | None = None
    predikat: FootValue | None = None
    narasi: list[Narrative] = field(default_factory=list)
    tempat: str | None = None
    tanggal: dt.date | None = None
    jabatan: str | None = None
    tanda_tangan_sel: str | None = None
    jabatan_sel: str | None = None
    findings: list[CellFinding] = field(default_factory=list)


def _words(value: CellValue) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


@lru_cache(maxsize=8192)
def _short_starts(text: str) -> bool:
    return _START.match(text) is not None


def _starts(text: str) -> bool:
    """Whether a text begins like one of the foot's labels; the same short ones (codes, titles) come back on every form."""
    return _short_starts(text) if len(text) < _SHORT else _START.match(text) is not None


_Match = re.Match[str] | None


@lru_cache(maxsize=4096)
def _signing(text: str) -> list[tuple[str, _Match, _Match, _Match, _Match, _Match]]:
    """The lines of a text that may belong to a signature: the line, its date, date without day, office, place, other words of one."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    found = ((s, _DATE.fullmatch(s), _NO_DAY.fullmatch(s), _OFFICE.match(s), _PLACE.fullmatch(s), _SIGNING.match(s)) for s in lines if s)
    return [line for line in found if any(line[1:])]


_LABELS = (_AVERAGE, _PREDIKAT, _GUIDE, _PUSH, _HINDER, _FOLLOW)


@lru_cache(maxsize=4096)
def _known_label(text: str) -> re.Pattern[str] | None:
    return next((label for label in _LABELS if label.match(text)), None)


def _label_of(text: str) -> re.Pattern[str] | None:
    """Which of the foot's labels a text (single spaces) begins with; guides and labels are the same on every form."""
    return _known_label(text) if len(text) < _SHORT else _known_label.__wrapped__(text)


def is_foot_start(row: Sequence[CellValue]) -> bool:
    """Whether a row is no longer the table's: its first words are one of the foot's labels."""
    seen = 0
    for value in row:
        if value == "":
            continue
        if isinstance(value, str) and (_starts(value) or (seen == 0 and _signs(value))):
            return True
        seen += 1
        if seen >= 3:
            return False
    return False


@lru_cache(maxsize=8192)
def _signs(text: str) -> bool:
    return len(text) < _SHORT and _SIGNED.fullmatch(text) is not None


def is_signature(row: Sequence[CellValue]) -> bool:
    """Whether a row begins like the block of the signature: place and date, office, NIP."""
    first = next((value for value in row if value != ""), "")
    return isinstance(first, str) and _signs(first)


def is_average(row: Sequence[CellValue]) -> bool:
    """Whether a row is an average or predikat: once in the foot, in some forms after every program as well."""
    texts = [value for value in row if value != ""][:3]
    return any(isinstance(text, str) and (_AVERAGE.match(text) or _PREDIKAT.match(text)) for text in texts)


def read_head(sheet: Sheet, table: Table, first: int) -> dict[str, str]:
    """Texts a-c above the table: tujuan_indikator, tujuan_target, tujuan_realisasi. `first` is the first row of this table's own part."""
    found: dict[str, str] = {}
    for row in sheet.rows[max(first - sheet.top, 0) : table.header_first - sheet.top]:
        line = " ".join(_words(v) or str(v) for v in row if v != "")
        for name, pattern in _HEAD:
            match = pattern.match(line)
            if match and name not in found:
                found[name] = match[1].strip()
    return found


@dataclass(slots=True)
class _Region:
    """The part of the foot, from a column to the right, in which a narrative's label stands: two may stand side by side."""

    column: int
    side: str = ""  # pendorong or penghambat, while its tujuan and sasaran are told apart
    jenis: str | None = None


class _FootReader:
    def __init__(self, sheet: Sheet, table: Table, first: int, references: References, skip: range) -> None:
        self.sheet, self.table, self.first, self.references, self.skip = sheet, table, first, references, skip
        self.out = Foot()
        self.regions = [_Region(0)]
        self.region = self.regions[0]
        self.labelled = -1  # the row in which the last region began
        self.office_column: int | None = None
        self.count: dict[str, int] = {}
        self.open_tail = ""  # the place of signing, when its date stands in the next cell

    def run(self) -> Foot:
        top, left = self.sheet.top, self.sheet.left
        filled = self.first
        for i in range(self.first, min(self.table.body_stop - top, len(self.sheet.rows))):
            if i in self.skip:
                continue
            row = self.sheet.rows[i]
            if row.count("") < len(row):
                if i - filled > _SPACE_TO_SIGN:
                    for region in self.regions:
                        region.jenis = None
                filled = i
                self._row(i + top, [(j + left, value) for j, value in enumerate(row) if value != ""])
        self._average_lost()
        return self.out

    def _row(self, r: int, cells: list[tuple[int, CellValue]]) -> None:
        for position, (_, value) in enumerate(cells[:3]):
            text = _words(value)
            label = _label_of(text)
            if label is _AVERAGE:
                self._average(r, text, cells[position:])
                return
            if label is _PREDIKAT:
                self._predikat(r, text, cells[position:])
                return
        for position, (column, value) in enumerate(cells):
            self.region = next((region for region in reversed(self.regions) if region.column <= column), self.regions[0])
            if self._signature(r, column, value):
                continue
            if isinstance(value, str) and not (self.office_column is not None and column >= self.office_column - 1):
                following = cells[position + 1 :]
                self._text(r, column, value, bool(following))

    def _average(self, r: int, label: str, cells: list[tuple[int, CellValue]]) -> None:
        places: list[tuple[int, CellValue]] = list(cells[1:])
        first = [pair.k for name in _AVERAGED if (pair := self.table.pairs.get(name))]
        places.sort(key=lambda place: first.index(place[0]) if place[0] in first else len(first))
        found = _AVERAGE.match(label)
        inline = _VALUE.search(label, found.end() if found else 0)
        if inline:
            places.insert(0, (cells[0][0], inline[1] or inline[2]))
        words: CellFinding | None = None
        for column, value in places:
            if isinstance(value, str):
                value = _AROUND.sub("", value)
            reading = read_number(value, percent_format=(r, column) in self.sheet.percent)
            if reading.kind in (ReadingKind.NUMBER, ReadingKind.NIL) and reading.value is not None:
                self.out.rata_rata = FootValue(address(r, column), float(reading.value), reading.decimals)
                return
            if reading.kind is ReadingKind.AMBIGUOUS and reading.alternative is not None:
                self.out.rata_rata = FootValue(address(r, column), float(reading.alternative), reading.decimals)
                return
            if reading.kind is ReadingKind.LOST:
                self.out.findings.append(CellFinding("sel_tidak_terbaca", address(r, column), reading.text, baris=r + 1))
                return
            if reading.kind is ReadingKind.WORDS and any(map(str.isalpha, reading.text)):
                words = words or CellFinding("bukan_angka", address(r, column), reading.text, baris=r + 1)
        self.out.findings += [words] if words else []
        self.average_row = r

    average_row: int | None = None

    def _average_lost(self) -> None:
        if self.average_row is None:
            return
        lost: Iterable[tuple[tuple[int, int], LostCell]] = self.sheet.lost.items()
        for (r, c), cell in lost:
            if r == self.average_row:
                self.out.findings.append(CellFinding("sel_tidak_terbaca", address(r, c), cell.text, baris=r + 1))

    def _predikat(self, r: int, label: str, cells: list[tuple[int, CellValue]]) -> None:
        inline = label[match.end() :].lstrip(" :=") if (match := re.search(r"[:=]", label)) else ""
        known = {p.predikat.lower(): p.predikat for p in self.references.predikat}
        places = [(cells[0][0], inline.strip())] if inline.strip() else []
        places += [(column, _words(value)) for column, value in cells[1:] if _words(value)]
        for column, text in places:
            if text.lower() in known or not self.out.predikat:
                self.out.predikat = FootValue(address(r, column), teks=text)
                if text.lower() in known:
                    return

    def _signature(self, r: int, column: int, value: CellValue) -> bool:
        """Take place, date and office; say whether the cell belongs to the signature block."""
        if isinstance(value, dt.date):
            if self.out.tanggal is None:
                self.out.tanggal = value.date() if isinstance(value, dt.datetime) else value
                self.out.tanda_tangan_sel = address(r, column)
                self.out.tempat = self.out.tempat or (self.open_tail or None)
                self._block(column)
            return True
        if not isinstance(value, str):
            return True
        taken = False
        for line, date, undated, office, place, signing in _signing(value) if len(value) < _SHORT else _signing.__wrapped__(value):
            if date and (when := _date(date)) is not None:
                self.out.tanggal, self.out.tanda_tangan_sel = when, address(r, column)
                self.out.tempat = (date["place"] or self.open_tail or "").strip() or None
                self._block(column)
                taken = True
            elif undated and undated[2].lower() in MONTHS:
                self.out.tempat = self.out.tempat or undated[1]
                self._block(column)
                taken = True
            elif office:
                self._office(r, column, office)
                taken = True
            elif place and self.region.jenis is None:
                self.open_tail, taken = place[1], True
            elif signing and len(line) < 80:
                self.region.jenis = None
                taken = True
        return taken

    def _block(self, column: int) -> None:
        """From here on, and to the right, stand the words of the signature."""
        self.office_column = column if self.office_column is None else min(column, self.office_column)

    def _office(self, r: int, column: int, office: re.Match[str]) -> None:
        title, place = " ".join(office[1].split()), " ".join(office[2].split())
        named = kecamatan_in(f"Kecamatan {place}", self.references.nama_kecamatan)
        if len(named) == 1 or not self.out.jabatan:
            # what stands behind the kecamatan's name, or is none, may be a person's: not kept
            self.out.jabatan = f"{title} {f'Kecamatan {place}'[10 : named[0].span[1]]}" if len(named) == 1 else title
            self.out.jabatan_sel = address(r, column)
        self.out.tanda_tangan_sel = self.out.tanda_tangan_sel or address(r, column)
        self._block(column)
        self.region.jenis = None
        self.region.side = ""

    def _text(self, r: int, column: int, value: str, more: bool) -> None:
        text = value.strip()
        flat = " ".join(text.split())
        found = _label_of(flat)
        if found is _GUIDE:
            self.region.jenis, self.region.side = None, ""
            return
        push, hinder, follow = found is _PUSH, found is _HINDER, found is _FOLLOW
        if push or hinder or follow:
            self._label(r, column)
        if push or hinder:
            self.region.side = "pendorong" if push else "penghambat"
            label, colon, rest = _split_label(text)
            self.region.jenis = f"{self.region.side}_{'tujuan' if re.search(r'tujuan', label, re.IGNORECASE) else 'sasaran'}"
            if colon:
                goal = _INDIKATOR_GOAL.match(rest.strip())
                if goal:
                    self.region.jenis, rest = f"{self.region.side}_{goal[1].lower()}", goal[2]
                self._items(r, column, rest)
            return
        if follow:
            label, _, rest = _split_label(text)
            self.region.side = ""
            renja = re.search(r"\brenja\b|rencana kerja|\btahun (?:berikut|depan|mendatang)", label, re.IGNORECASE)
            self.region.jenis = "tindak_lanjut_renja" if renja else "tindak_lanjut_triwulan"
            self._items(r, column, rest)
            return
        if self.region.side:
            goal = _INDIKATOR_GOAL.match(text) if _INDIKATOR_GOAL.match(flat) else _GOAL.match(flat)
            if goal:
                self.region.jenis = f"{self.region.side}_{goal[1].lower()}"
                rest = goal[2] if goal.re is _INDIKATOR_GOAL else flat[goal.end() :]
                self._items(r, column, rest)
                return
        if self.region.jenis and not (more and re.fullmatch(r"[a-zA-Z0-9]{1,2}\s*[.)]|[:\-•]", flat)):
            self._items(r, column, text)

    def _label(self, r: int, column: int) -> None:
        """A label opens a region; one in the same row as the label before stands beside it, any other begins anew."""
        self.region = _Region(column)
        if r == self.labelled:
            self.regions.append(self.region)
        else:
            self.regions = [self.region]
        self.labelled = r

    def _items(self, r: int, column: int, text: str) -> None:
        for item in split_items(text):
            assert self.region.jenis is not None  # noqa: S101 - set by every caller
            self.count[self.region.jenis] = self.count.get(self.region.jenis, 0) + 1
            self.out.narasi.append(Narrative(self.region.jenis, self.count[self.region.jenis], item, address(r, column)))


def _split_label(text: str) -> tuple[str, bool, str]:
    """A label and what follows it in the same cell: after ':' or ';', or after the line's end."""
    match = re.search(r"[:;]|\n|\*\)", text)
    if match is None:
        return text, False, ""
    return text[: match.start()], True, re.sub(r"^[\s:;*)]+", "", text[match.end() :])


def _date(match: re.Match[str]) -> dt.date | None:
    month = MONTHS.get(match["month"].lower()) if match["month"].isalpha() else int(match["month"])
    try:
        return dt.date(int(match["year"]), month, int(match["day"])) if month else None
    except ValueError:
        return None


def split_items(text: str) -> list[str]:
    """The items of a narrative: one a bullet, number or line; nil signs are none."""
    items: list[str] = []
    for line in text.splitlines():
        line = " ".join(line.split()).lstrip(": ")
        if not line:
            continue
        if re.match(r"[-–•*] ?\S", line):
            parts = re.split(r"(?:^|(?<=[\s.;,)]))[-–•*]\s+(?=\S)", line) if re.match(r"[-–•*] ", line) else [line.lstrip("-–•* ")]
        elif re.match(r"1\s*[.)]\s*\S", line) and re.search(r"\s2\s*[.)]\s*\S", line):
            parts = re.split(r"(?:^|\s)\d{1,2}\s*[.)]\s*(?=\S)", line)
        else:
            parts = [re.sub(r"^\d{1,2}\s*[.)]\s*(?=\D)", "", line)]
        items += [part.strip() for part in parts if part.strip(" -–.•*")]
    return items


def read_foot(sheet: Sheet, table: Table, first: int, references: References, skip: range = range(0)) -> Foot:
    """Everything below the table; `first` is the position in `sheet.rows` where the foot begins, `skip` positions that are not foot."""
    return _FootReader(sheet, table, first, references, skip).run()
