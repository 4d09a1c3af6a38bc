"""A workbook, read: a `Form` or a `Refusal` for each E.81 sheet.

The one place where opening, table, rows, figures, foot and identity come together. Pure: knows no Dagster, DuckDB or GX. Does not belong
here: how any of these is read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.reference.tables import References
from pipelines.settings import Settings
from pipelines.workbook.cells import Sheet, address, column_letters
from pipelines.workbook.columns import MEASURES, PAIRS, TEXTS
from pipelines.workbook.figures import Figures, read_figures
from pipelines.workbook.foot import Foot, read_foot, read_head
from pipelines.workbook.header import candidates, normalised
from pipelines.workbook.identity import LABEL, CannotIdentify, evidence_from, identify, misspelt_names
from pipelines.workbook.layouts import LOOKED_FOR
from pipelines.workbook.opening import open_workbook
from pipelines.workbook.opening_refusal import CannotOpen, Limits
from pipelines.workbook.rows import TypedRows, type_rows
from pipelines.workbook.submission import ROW_SCHEMA, CellFinding, Evidence, Form, Identity, ReadFile, Refusal
from pipelines.workbook.table import find_tables
from pipelines.workbook.table_columns import Table, Unclear, scale_below
from pipelines.workbook.words import text_of

_LOG = logging.getLogger(__name__)
_WORDED = ("sasaran", "predikat_lapor", "kendala", "upaya", "penanggung_jawab")
_LONGEST_TITLE = 400  # characters
_YEARS = range(2000, 2100)
_OF_A_KECAMATAN = re.compile(r"\b(?:kecamatan|kec\.?)\s+[^\W\d_]{3,}", re.IGNORECASE)
_TITLE_CELLS = 3  # a line of the title has fewer cells than a row of column titles
_FIELDS = [(field.name, field.type) for field in ROW_SCHEMA]  # a schema makes its fields anew each time


def read_file(path: Path, relative: str, references: References, settings: Settings) -> ReadFile:
    """Read one workbook.

    `relative` is its path below the raw folder (POSIX): the last thing that may say whose form it is. Never raises for what a file holds:
    a file that cannot be opened, or holds no E.81 table, is one `Refusal`. A MemoryError passes: the next run tries again.
    """
    try:
        workbook = open_workbook(path, Limits.of(settings))
    except CannotOpen as error:
        refusal = Refusal(error.aturan, error.pesan, identitas=_path_identity(relative, references))
        return ReadFile(path.suffix.lower().lstrip("."), None, [refusal])
    kiriman: list[Form | Refusal] = []
    visible = [sheet for sheet in workbook.sheets if not sheet.hidden]
    for sheet in visible:
        try:
            kiriman += read_sheet(sheet, relative, references, settings, others=[s for s in visible if s is not sheet])
        except MemoryError:
            raise
        except Exception:
            # A sheet that nobody foresaw must not take the other workbooks down; the log tells a programmer, the refusal the sender.
            _LOG.exception("unforeseen failure on a sheet of %s", relative)
            kiriman.append(
                Refusal(
                    "berkas_tidak_terbaca",
                    f"Lembar “{sheet.name}” tidak dapat dibaca karena isinya di luar dugaan; simpan ulang sebagai .xlsx lalu kirim lagi, "
                    "atau teruskan berkas ini kepada pengelola program.",
                    sheet.name,
                    identitas=_path_identity(relative, references),
                )
            )
    if not kiriman:
        kiriman.append(_no_table(workbook.sheets, relative, references))
    _report_rivals([item for item in kiriman if isinstance(item, Form)])
    return ReadFile(workbook.format, workbook.modified, kiriman)


def _report_rivals(forms: list[Form]) -> None:
    """Forms of one kecamatan and triwulan in one file: no time says which is newer, so each says that there are others.

    The one that counts is the last by the sheet's name, then by its place (`pipelines.warehouse.selection`).
    """
    groups: dict[tuple[str | None, int | None, int | None], list[tuple[str, int, Form]]] = {}
    for place, form in enumerate(forms):
        identity = form.identitas
        groups.setdefault((identity.kode_kemendagri, identity.tahun, identity.triwulan), []).append((form.lembar, place, form))
    for group in groups.values():
        if len(group) == 1:
            continue
        current = max(group, key=lambda entry: entry[:2])[2]
        others = [form for _, _, form in group if not _same_rows(form, current)]
        differing = {id(form) for form in others}
        for _, _, form in group:
            if form is current:
                rivals = others
            else:
                rivals = [current] if id(form) in differing else []
                if not rivals:
                    form.temuan.insert(0, CellFinding("kiriman_ganda", None, f"lembar “{current.lembar}”"))
            if rivals:
                names = ", ".join(f"“{rival.lembar}”" for rival in rivals)
                why = f"yang dihitung lembar “{current.lembar}”, menurut urutan nama lembar"
                form.temuan.insert(0, CellFinding("lembar_rangkap", None, f"lembar {names}", rincian=why))


def _same_rows(one: Form, other: Form) -> bool:
    """Whether two forms say the same, wherever on their sheets."""
    return one is other or one.baris.drop(columns="baris").equals(other.baris.drop(columns="baris"))


def read_form(sheet: Sheet, relative: str, references: References, settings: Settings) -> Form | Refusal | None:
    """The first E.81 table of a sheet; None where the sheet is no E.81 table (a cover, a guide)."""
    found = read_sheet(sheet, relative, references, settings)
    return found[0] if found else None


def read_sheet(
    sheet: Sheet, relative: str, references: References, settings: Settings, others: list[Sheet] | None = None
) -> list[Form | Refusal]:
    """Every E.81 table of a sheet (two kecamatan on one sheet are two submissions)."""
    found: list[Form | Refusal] = []
    tables = find_tables(sheet)
    start = sheet.top
    for number, table in enumerate(tables):
        lembar = sheet.name if number == 0 else f"{sheet.name} ({number + 1})"
        if isinstance(table, Unclear):
            evidence = _head_evidence(sheet, start, _columns_begin(sheet, start), relative, references)
            found.append(_unclear(sheet, table, lembar, _told(evidence, settings)))
            continue
        found.append(_read_table(sheet, table, start, lembar, relative, references, settings, others or []))
        start = table.body_stop
    return found


def _unclear(sheet: Sheet, unclear: Unclear, lembar: str, identity: Identity) -> Refusal:
    return Refusal(
        "tata_letak_tidak_dikenal",
        f"Lembar “{sheet.name}”, sel {unclear.sel}: tertulis {unclear.stands}, seharusnya {unclear.expected}; "
        "samakan nomor dan judul kolom dengan formulir E.81, lalu kirim ulang.",
        lembar,
        unclear.sel,
        unclear.stands,
        unclear.expected,
        identity,
    )


def _read_table(
    sheet: Sheet,
    table: Table,
    start: int,
    lembar: str,
    relative: str,
    references: References,
    settings: Settings,
    others: list[Sheet],
) -> Form | Refusal:
    evidence = _head_evidence(sheet, start, table.header_first, relative, references)
    tahun = next((e.tahun for e in evidence if e.tahun), None) or settings.tahun_awal
    typed = type_rows(sheet, table, references, tahun)
    scaled = scale_below(sheet, table, max(typed.index, default=typed.foot - 1) + 1)
    if isinstance(scaled, Unclear):
        return _unclear(sheet, scaled, lembar, _told(evidence, settings))
    figures = read_figures(sheet, table, typed.index, typed.kode, typed.level, references)
    page_20 = _elsewhere(sheet, others, table, typed) if "penanggung_jawab" not in table.texts else range(0)
    foot = read_foot(sheet, table, typed.foot, references, page_20)
    evidence += _body_evidence(sheet, table, typed, foot, references)
    explanation = (*table.reasons, *typed.notes)
    if not any(level != "total" for level in typed.level) or not _has_figures(figures):
        return Refusal(
            "tabel_kosong",
            f"Lembar “{sheet.name}”: di bawah judul kolom (baris {table.body_first + 1}) tidak ada baris berisi angka; "
            "isi formulirnya, lalu kirim ulang.",
            lembar,
            address(table.body_first, sheet.left),
            identitas=_told(evidence, settings),
            penjelasan=explanation,
        )
    try:
        identity = identify(evidence, tahun_awal=settings.tahun_awal, tahun_akhir=settings.tahun_akhir)
    except CannotIdentify as error:
        named = _named_otherwise(sheet, start, table.header_first) if error.aturan == "kecamatan_tidak_dikenali" else None
        if named is not None:
            sel, text = named
            why = f"sel {sel}: “{text}” tidak menyebut salah satu kecamatan kabupaten ini; betulkan namanya, lalu kirim ulang."
            error = CannotIdentify(error.aturan, why, error.identitas, sel, text, error.nilai_seharusnya)
        return Refusal(
            error.aturan,
            f"Lembar “{sheet.name}”: {error.pesan}",
            lembar,
            error.sel,
            error.nilai_lapor,
            error.nilai_seharusnya,
            error.identitas,
            penjelasan=explanation,
        )
    return Form(
        lembar=lembar,
        identitas=identity,
        rows=_rows(sheet, typed, figures),
        kolom=_letters(table),
        rp_faktor=table.rp_factor,
        kepala=read_head(sheet, table, start),
        rata_rata=foot.rata_rata,
        predikat=foot.predikat,
        narasi=foot.narasi,
        tanda_tangan_tempat=foot.tempat,
        tanda_tangan_tanggal=foot.tanggal,
        tanda_tangan_jabatan=foot.jabatan,
        tanda_tangan_sel=foot.tanda_tangan_sel,
        temuan=_sorted(
            [
                *misspelt_names(identity, references),
                *_unread_columns(sheet, table, typed),
                *_unread_words(sheet, table, typed),
                *typed.findings,
                *figures.findings,
                *foot.findings,
            ]
        ),
        penjelasan=list(explanation),
    )


def _unread_columns(sheet: Sheet, table: Table, typed: TypedRows) -> list[CellFinding]:
    """Columns of figures inside the table that are nothing of the form: one finding at the first figure of each."""
    found = []
    for column in table.unread_columns:
        cells = ((i, sheet.rows[i][column - sheet.left]) for i in typed.index if column - sheet.left < len(sheet.rows[i]))
        figures = [(i, v) for i, v in cells if v not in ("", 0) and (not isinstance(v, str) or v.strip()[:1].isdigit())]
        if figures:
            i, value = figures[0]
            row = i + sheet.top
            why = f"{len(figures)} angka di kolom {column_letters(column)}"
            found.append(CellFinding("kolom_tidak_dimuat", address(row, column), text_of(value), baris=row + 1, rincian=why))
    return found


def _unread_words(sheet: Sheet, table: Table, typed: TypedRows) -> list[CellFinding]:
    """In a form without number row: columns of words under a title nobody declared, where one of the form's own is not found."""
    missing = [text.title for text in TEXTS if text.name in _WORDED and text.name not in table.texts]
    found = []
    for column, title in table.strangers.items() if missing else ():
        cells = ((i, sheet.rows[i][column - sheet.left]) for i in typed.index if column - sheet.left < len(sheet.rows[i]))
        words = [(i, v) for i, v in cells if isinstance(v, str) and any(map(str.isalpha, v))]
        if words:
            row = words[0][0] + sheet.top
            why = f"judul “{title}” tidak dikenal, sedangkan kolom {', '.join(missing)} tidak ditemukan; {len(words)} teks"
            found.append(CellFinding("kolom_tidak_dimuat", address(row, column), text_of(words[0][1]), baris=row + 1, rincian=why))
    return found


def _sorted(findings: list[CellFinding]) -> list[CellFinding]:
    return sorted(findings, key=lambda f: (f.baris or 0, f.sel or ""))


def _has_figures(figures: Figures) -> bool:
    return any(value for values in figures.measures.values() for value in values)


def _rows(sheet: Sheet, typed: TypedRows, figures: Figures) -> pa.Table:
    """The `rows` of `Form`, from column lists; a column that the sheet has not is NULL."""
    columns: dict[str, Sequence[object]] = {
        "urutan": range(len(typed.index)),
        "baris": [i + sheet.top + 1 for i in typed.index],
        "level": [str(level) for level in typed.level],
        "kode": typed.kode,
        "kelompok": typed.kelompok,
        "indikator_ke": typed.indikator_ke,
        "satuan": figures.satuan,
        **{text.name: typed.texts[text.name] for text in TEXTS if text.name in typed.texts},
        **figures.measures,
        **figures.units,
        **{f"{name}__desimal": values for name, values in figures.decimals.items()},
    }
    arrays = [pa.array(columns[name], kind) if name in columns else pa.nulls(len(typed.index), kind) for name, kind in _FIELDS]
    return pa.Table.from_arrays(arrays, schema=ROW_SCHEMA)


def _letters(table: Table) -> dict[str, str]:
    letters = {name: column_letters(column) for name, column in table.texts.items()}
    if table.satuan is not None:
        letters["satuan"] = column_letters(table.satuan)
    for pair in PAIRS:
        where = table.pairs.get(pair.name)
        if where is None:
            continue
        for name, column in ((pair.k.name, where.k), (pair.satuan, where.satuan), (pair.rp.name, where.rp)):
            if column is not None:
                letters[name] = column_letters(column)
    known = {*(t.name for t in TEXTS), *(m.name for m in MEASURES), *(p.satuan for p in PAIRS), "satuan"}
    return {name: value for name, value in letters.items() if name in known}


def _elsewhere(sheet: Sheet, others: list[Sheet], table: Table, typed: TypedRows) -> range:
    """Column 20 on a page of its own (below the table, or another sheet): taken by order where it has a cell for each row, else NULL.

    Out: the positions in `sheet.rows` that such a page takes.
    """
    wanted = sum(1 for level in typed.level if level != "total")
    below = max(typed.index, default=typed.foot - 1) + 1
    pages = [(f"di bawah tabel lembar “{sheet.name}”", sheet, below, min(table.body_stop - sheet.top, len(sheet.rows)))]
    pages += [(f"lembar “{other.name}”", other, 0, min(12, len(other.rows))) for other in others]
    for where, page, first, last in pages:
        for i in range(first, last):
            filled = [v for v in page.rows[i] if v != ""]
            title = normalised(filled[0]) if 0 < len(filled) <= 2 else ""
            if "penanggung" not in title or len(title) > 80 or candidates([title]) != ("penanggung_jawab",):
                continue
            start = next((k for k in range(i + 1, len(page.rows)) if any(v != "" for v in page.rows[k])), len(page.rows))
            end = next((k for k in range(start, len(page.rows)) if not any(v != "" for v in page.rows[k])), len(page.rows))
            values = [str(next(v for v in reversed(row) if v != "")).strip() for row in page.rows[start:end]]
            values = [value for value in values if value not in ("20", "20.0")]
            if len(values) == wanted:
                column = iter(values)
                typed.texts["penanggung_jawab"] = [next(column) if level != "total" else None for level in typed.level]
                table.reasons.append(f"penanggung jawab: {where}, menurut urutan ({wanted} baris)")
            else:
                table.reasons.append(f"penanggung jawab: {where} punya {len(values)} isian untuk {wanted} baris; tidak dimuat")
            return range(i, end) if page is sheet else range(0)
    return range(0)


def _head_evidence(sheet: Sheet, start: int, stop: int, relative: str, references: References) -> list[Evidence]:
    """What the title lines (rows from `start` to before `stop`), the sheet's name and the path say."""
    evidence = [evidence_from("judul", sel, text, references) for sel, text in _title_texts(sheet, start, stop)]
    evidence.append(evidence_from("lembar", None, sheet.name, references))
    evidence.append(evidence_from("path", None, relative, references))
    return [e for e in evidence if e.kode_kemendagri or e.tahun or e.triwulan]


def _named_otherwise(sheet: Sheet, start: int, stop: int) -> tuple[str, str] | None:
    """The title's cell and words where it names a kecamatan that is none of ours."""
    return next(((sel, text) for sel, text in _title_texts(sheet, start, stop) if _OF_A_KECAMATAN.search(text)), None)


def _title_texts(sheet: Sheet, start: int, stop: int) -> Iterator[tuple[str, str]]:
    """The texts of the title lines with their cells; a label without its value (`Triwulan` | `:` | 2) goes on in the next cell or row."""
    label, labelled = "", start
    for row in range(start, min(stop, sheet.top + len(sheet.rows))):
        filled = [(j, value) for j, value in enumerate(sheet.rows[row - sheet.top]) if value != ""]
        for j, value in filled:
            label = label if row - labelled <= 1 else ""
            if isinstance(value, str):
                text = value.strip()
            elif label or (len(filled) == 1 and value in _YEARS):
                text = text_of(value)
            else:
                continue
            if not text or len(text) >= _LONGEST_TITLE:
                continue
            text = f"{label} {text}" if label else text
            label, labelled = (text if LABEL.search(text) else ""), row
            yield address(row, j + sheet.left), text


def _body_evidence(sheet: Sheet, table: Table, typed: TypedRows, foot: Foot, references: References) -> list[Evidence]:
    evidence = []
    seen: set[str] = set()
    column = table.texts.get("penanggung_jawab")
    for i, text in zip(typed.index, typed.texts.get("penanggung_jawab", []), strict=False):
        if text and text not in seen and ("kec" in text.lower() or "camat " in text.lower()):
            seen.add(text)
            sel = None if column is None else address(i + sheet.top, column)  # None: from a page of its own
            evidence.append(evidence_from("kolom_20", sel, text, references))
    if foot.jabatan:
        evidence.append(evidence_from("tanda_tangan", foot.jabatan_sel, foot.jabatan, references))
    return [e for e in evidence if e.kode_kemendagri]


def _columns_begin(sheet: Sheet, start: int) -> int:
    """The first row from `start` on that is no line of a title: column titles name other years than the form's own."""
    rows = enumerate(sheet.rows[start - sheet.top :], start)
    return next((row for row, cells in rows if len(cells) - cells.count("") > _TITLE_CELLS), start)


def _told(evidence: list[Evidence], settings: Settings) -> Identity:
    """Whose a sheet that is refused for something else is, as far as its evidence agrees."""
    try:
        return identify(evidence, tahun_awal=settings.tahun_awal, tahun_akhir=settings.tahun_akhir)
    except CannotIdentify as error:
        return error.identitas


def _path_identity(relative: str, references: References) -> Identity:
    e = evidence_from("path", None, relative, references)
    return Identity(e.kode_kemendagri, e.tahun, e.triwulan, [e])


def _no_table(sheets: list[Sheet], relative: str, references: References) -> Refusal:
    """Why none of the sheets is a submission: the likeliest one is named with what stands on it."""
    visible = [sheet for sheet in sheets if not sheet.hidden and sheet.rows]
    likely = max(visible, key=lambda s: sum(len(row) for row in s.rows[:200]), default=None)
    stands = "; ".join(
        " ".join(v.split())[:60] for row in (likely.rows[:12] if likely else ()) for v in row if isinstance(v, str) and v.strip()
    )[:200]
    where = f"Lembar “{likely.name}”" if likely else "Berkas ini"
    hidden = sum(1 for sheet in sheets if sheet.hidden and find_tables(sheet))
    extra = f" ({hidden} lembar tersembunyi berisi tabel, tetapi lembar tersembunyi tidak dibaca)" if hidden else ""
    return Refusal(
        "tata_letak_tidak_dikenal",
        f"{where}: yang dicari {LOOKED_FOR}, yang ada “{stands or '(kosong)'}”{extra}; "
        "kirim formulir E.81 dengan judul dan nomor kolomnya.",
        likely.name if likely else None,
        None,
        stands or None,
        LOOKED_FOR,
        _path_identity(relative, references),
    )
