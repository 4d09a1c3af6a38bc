"""The reference tables that Bappeda owns, validated: kecamatan, nomenclature, T-E.1, units, kinds of indicator, deadlines.

Plain CSV in one folder (`Settings.acuan`); the same files are dbt's seeds, so Python and SQL read one truth. Belongs here: what a valid
table is, and the error that tells an operator which file, line and column to mend. Does not belong here: what the tables are used for.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ACCUMULATIONS = ("kumulatif", "posisi_akhir", "maksimum", "rata_rata")
POLARITIES = ("naik", "turun")
RENSTRA_MODES = ("tahun_pertama", "lanjutan")
# Words, not a pattern: SQL escapes them, so a bracket would never match, and an empty word would match every text.
_KEYWORD = re.compile(r"\w+(?:[ ./-]+\w+)*")
# What rounding explains, and no more (contract §5): Rp 1, and half of the last printed digit of a ratio. Bappeda may be stricter.
TOLERANCES = {"rupiah": Decimal(1), "digit_terakhir": Decimal("0.5")}
_CODE = r"\d\.\d\d(\.\d\d(\.\d\.\d\d(\.\d{4})?)?)?"
LEVELS = {2: "bidang", 3: "program", 5: "kegiatan", 6: "sub_kegiatan"}
"""By how many parts their codes have."""
_WORDS = re.compile(r"(?!#)(?=.*(?:[^\W\d_]|%))[^\x00-\x1f\ufffd]+")  # what Excel leaves of a broken cell is no text


class ReferenceError(ValueError):
    """A reference table is missing or wrong; the message (Indonesian) names file, line and column."""


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """One kecamatan of the regency (Kepmendagri 300.2.2-2430/2025; BPS)."""

    kode_kemendagri: str
    kode_bps: str
    nama: str
    jumlah_desa: int
    jumlah_kelurahan: int


@dataclass(frozen=True, slots=True)
class Nomenklatur:
    """One code of the nomenclature in one span of validity (Kepmendagri 900.1.15.5-1317/2023)."""

    kode: str
    kode_2_digit: str
    level: str
    uraian: str
    indikator: str | None
    satuan: str | None
    berlaku_sejak: int
    berlaku_sampai: int | None


@dataclass(frozen=True, slots=True)
class Predikat:
    """One class of the T-E.1 scale (Permendagri 86/2017): lower bound inclusive, upper exclusive, None is open."""

    predikat: str
    batas_bawah: Decimal | None
    batas_atas: Decimal | None
    urutan: int


@dataclass(frozen=True, slots=True)
class JenisIndikator:
    """How one indicator accumulates over the quarters, and which way is good. `kode` '*' stands for every code."""

    kode: str
    indikator: str
    jenis_akumulasi: str
    polaritas: str


@dataclass(frozen=True)
class References:
    """All reference tables, and a fingerprint of their bytes."""

    kecamatan: tuple[Kecamatan, ...]
    nomenklatur: tuple[Nomenklatur, ...]
    predikat: tuple[Predikat, ...]  # best first
    akumulasi_satuan: Mapping[str, str]  # canonical satuan -> jenis_akumulasi
    ejaan_satuan: Mapping[str, str]  # other spelling (lower case) -> canonical satuan
    jenis_indikator: tuple[JenisIndikator, ...]
    mode_renstra: Mapping[int, str]  # years that are declared; see `renstra_mode`
    tenggat: Mapping[tuple[int, int], dt.date]  # declared deadlines; the default rule is elsewhere
    toleransi: Mapping[str, Decimal]  # keys of TOLERANCES
    fingerprint: str

    @cached_property
    def nama_kecamatan(self) -> Mapping[str, str]:
        """kode_kemendagri -> nama."""
        return {k.kode_kemendagri: k.nama for k in self.kecamatan}

    @cached_property
    def _declared(self) -> Mapping[tuple[str, str], JenisIndikator]:
        return {(row.kode, indicator_key(row.indikator)): row for row in self.jenis_indikator}

    def declared_indicator(self, kode: str | None, indikator: str | None) -> JenisIndikator | None:
        """The declaration for an indicator of a code, or for that indicator under any code."""
        key = indicator_key(indikator)
        return self._declared.get((kode or "", key)) or self._declared.get(("*", key))

    def renstra_mode(self, tahun: int) -> str:
        """`tahun_pertama` or `lanjutan` (domain: the first year of a Renstra counts 16 = 13); undeclared years are `lanjutan`."""
        return self.mode_renstra.get(tahun, "lanjutan")

    def known_codes(self, tahun: int) -> Mapping[str, Nomenklatur]:
        """Canonical code -> its row, for codes valid in that year."""
        return {
            row.kode: row
            for row in self.nomenklatur
            if row.berlaku_sejak <= tahun and (row.berlaku_sampai is None or tahun <= row.berlaku_sampai)
        }


def indicator_key(text: str | None) -> str:
    """An indicator's text as it is compared: lower case, letters and digits only, single spaces."""
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


class _Table:
    """One CSV file, with errors that name the line and the column."""

    def __init__(self, folder: Path, name: str, columns: tuple[str, ...]) -> None:
        self.path = folder / f"{name}.csv"
        try:
            self.data = self.path.read_bytes()
            text = self.data.decode("utf-8-sig")
        except OSError as error:
            raise ReferenceError(f"Tabel acuan {self.path.name} tidak dapat dibaca di {folder}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ReferenceError(
                f"Tabel acuan {self.path.name} bukan teks UTF-8 (bita ke-{error.start}); simpan ulang sebagai CSV UTF-8."
            ) from error
        self.reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
        header = tuple(self.reader.fieldnames or ())
        missing = [column for column in columns if column not in header]
        if missing:
            how = " (dipisahkan titik koma; simpan ulang dengan koma sebagai pemisah)" if ";" in "".join(header) else ""
            raise ReferenceError(
                f"{self.path.name} baris 1: kolom {', '.join(missing)} tidak ada; yang tertulis: {', '.join(header) or '(kosong)'}{how}."
            )
        self.header_width = len(header)

    def __iter__(self) -> Iterator[_Row]:
        try:
            for values in self.reader:
                if None in values or None in values.values():
                    raise ReferenceError(
                        f"{self.path.name} baris {self.reader.line_num}: jumlah kolomnya bukan {self.header_width} seperti judulnya."
                    )
                yield _Row(self.path.name, self.reader.line_num, values)
        except csv.Error as error:
            raise ReferenceError(f"{self.path.name} baris {self.reader.line_num}: bukan CSV yang benar ({error}).") from error


class _Row:
    """One line of a table."""

    def __init__(self, file: str, line: int, values: Mapping[str, str]) -> None:
        self.file, self.line, self.values = file, line, values

    def fail(self, column: str, expected: str) -> ReferenceError:
        return ReferenceError(f"{self.file} baris {self.line} kolom {column}: tertulis “{self.values[column]}”, seharusnya {expected}.")

    def text(self, column: str, *, pattern: str | re.Pattern[str] = _WORDS, expected: str = "teks, tidak kosong") -> str:
        value = self.values[column].strip()
        if not re.fullmatch(pattern, value):
            raise self.fail(column, expected)
        return value

    def optional(self, column: str) -> str | None:
        return self.text(column, expected="teks atau kosong") if self.values[column].strip() else None

    def year(self, column: str) -> int:
        return int(self.text(column, pattern=r"20\d\d", expected="tahun empat angka, misalnya 2024"))

    def choice(self, column: str, choices: Collection[str]) -> str:
        value = self.values[column].strip()
        if value not in choices:
            raise self.fail(column, f"salah satu dari {', '.join(choices)}")
        return value

    def integer(self, column: str) -> int:
        value = self.values[column].strip()
        if not re.fullmatch(r"\d{1,9}", value):
            raise self.fail(column, "bilangan bulat")
        return int(value)

    def decimal(self, column: str) -> Decimal:
        return Decimal(self.text(column, pattern=r"[0-9]{1,9}(\.[0-9]{1,9})?", expected="angka 0 atau lebih dengan titik desimal"))

    def percent(self, column: str) -> Decimal:
        value = self.decimal(column)
        if value > 100:
            raise self.fail(column, "persen, paling besar 100")
        return value

    def optional_percent(self, column: str) -> Decimal | None:
        return self.percent(column) if self.values[column].strip() else None

    def date(self, column: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.values[column].strip())
        except ValueError:
            raise self.fail(column, "tanggal berbentuk 2024-07-15") from None


def _unique(rows: Iterable[tuple[_Row, object]], column: str) -> None:
    seen: dict[object, int] = {}
    for row, key in rows:
        if key in seen:
            raise ReferenceError(f"{row.file} baris {row.line} kolom {column}: sudah ada di baris {seen[key]}; hapus salah satunya.")
        seen[key] = row.line


def _check_spans(codes: list[tuple[_Row, Nomenklatur]]) -> None:
    """Of one code only one row is valid in a year."""
    known: dict[str, list[tuple[_Row, Nomenklatur]]] = {}
    for row, item in codes:
        for other_row, other in known.setdefault(item.kode, []):
            if item.berlaku_sejak <= (other.berlaku_sampai or 9999) and other.berlaku_sejak <= (item.berlaku_sampai or 9999):
                raise row.fail("berlaku_sejak", f"di luar masa berlaku kode yang sama di baris {other_row.line}")
        known[item.kode].append((row, item))


def _check_spellings(spellings: list[tuple[_Row, str, str]], units: Collection[str]) -> None:
    """A spelling leads to a unit of `satuan.csv`, and is none itself."""
    for row, spelling, unit in spellings:
        if spelling in units:
            raise row.fail("ejaan", "ejaan lain, sedangkan ini satuan baku di satuan.csv")
        if unit not in units:
            raise row.fail("satuan", "satuan yang ada di satuan.csv")


def _check_scale(scale: list[tuple[_Row, Predikat]]) -> None:
    """Every capaian falls in one class: from the best down each begins where the one above ends, and the ends are open."""
    if not scale:
        raise ReferenceError("skala_predikat.csv baris 2: tidak ada satu kelas pun; tulis kelas-kelasnya.")
    ordered = sorted(scale, key=lambda pair: pair[1].urutan)
    above: Predikat | None = None
    for row, item in ordered:
        if above is not None and above.urutan == item.urutan:
            raise row.fail("urutan", "angka yang belum dipakai kelas lain")
        expected = above.batas_bawah if above else None
        if item.batas_atas != expected or (above is not None and expected is None):
            raise row.fail("batas_atas", f"batas bawah kelas di atasnya ({'kosong' if expected is None else expected})")
        last = item is ordered[-1][1]
        if (item.batas_bawah is None) != last:
            raise row.fail("batas_bawah", "kosong pada kelas terendah saja")
        if item.batas_bawah is not None and item.batas_atas is not None and not item.batas_bawah < item.batas_atas:
            raise row.fail("batas_bawah", f"kurang dari batas_atas ({item.batas_atas})")
        above = item


def load_references(folder: Path) -> References:
    """Read and check every reference table in `folder`.

    Raises `ReferenceError` (Indonesian; names file, line, column) at the first thing that is wrong.
    """
    digest = hashlib.sha256()

    scale: list[tuple[_Row, Predikat]] = []
    places: list[tuple[_Row, Kecamatan]] = []
    codes: list[tuple[_Row, Nomenklatur]] = []
    spellings: list[tuple[_Row, str, str]] = []

    def table(name: str, columns: tuple[str, ...], key: str, build: Callable[[_Row], tuple[object, T]]) -> list[T]:
        source = _Table(folder, name, columns)
        digest.update(name.encode() + b"\0" + source.data)
        keyed, built = [], []
        for row in source:
            row_key, item = build(row)
            keyed.append((row, row_key))
            built.append(item)
        _unique(keyed, key)
        return built

    def kecamatan(row: _Row) -> tuple[object, Kecamatan]:
        item = Kecamatan(
            row.text("kode_kemendagri", pattern=r"\d\d\.\d\d\.\d\d", expected="berbentuk 35.08.01"),
            row.text("kode_bps", pattern=r"\d{7}", expected="7 angka"),
            row.text("nama"),
            row.integer("jumlah_desa"),
            row.integer("jumlah_kelurahan"),
        )
        places.append((row, item))
        return item.kode_kemendagri, item

    def nomenklatur(row: _Row) -> tuple[object, Nomenklatur]:
        item = Nomenklatur(
            row.text("kode", pattern=_CODE, expected="kode baku, misalnya 7.01.01.2.01.0001"),
            row.values["kode_2_digit"].strip(),
            row.choice("level", LEVELS.values()),
            row.text("uraian"),
            row.optional("indikator"),
            row.optional("satuan"),
            row.year("berlaku_sejak"),
            row.year("berlaku_sampai") if row.values["berlaku_sampai"].strip() else None,
        )
        if item.kode_2_digit != (short := re.sub(r"\.00(\d\d)$", r".\1", item.kode)):
            raise row.fail("kode_2_digit", short)
        if item.level != (level := LEVELS[len(item.kode.split("."))]):
            raise row.fail("level", f"{level} untuk kode {item.kode}")
        if item.indikator and not item.satuan:
            raise row.fail("satuan", "satuan indikatornya")
        if item.berlaku_sampai is not None and item.berlaku_sampai < item.berlaku_sejak:
            raise row.fail("berlaku_sampai", f"tidak kurang dari berlaku_sejak ({item.berlaku_sejak})")
        codes.append((row, item))
        return (item.kode, item.berlaku_sejak), item

    def predikat(row: _Row) -> tuple[object, Predikat]:
        item = Predikat(
            row.text("predikat"), row.optional_percent("batas_bawah"), row.optional_percent("batas_atas"), row.integer("urutan")
        )
        scale.append((row, item))
        return item.predikat, item

    def toleransi(row: _Row) -> tuple[object, tuple[str, Decimal]]:
        name, most = row.choice("ukuran", tuple(TOLERANCES)), row.decimal("batas")
        if not 0 < most <= TOLERANCES[name]:
            raise row.fail("batas", f"di atas 0 dan paling besar {TOLERANCES[name]}")
        return name, (name, most)

    def satuan(row: _Row) -> tuple[object, tuple[str, str]]:
        item = (row.text("satuan").lower(), row.choice("jenis_akumulasi", ACCUMULATIONS))
        return item[0], item

    def ejaan(row: _Row) -> tuple[object, tuple[str, str]]:
        item = (row.text("ejaan").lower(), row.text("satuan").lower())
        spellings.append((row, *item))
        return item[0], item

    def jenis(row: _Row) -> tuple[object, JenisIndikator]:
        item = JenisIndikator(
            row.text("kode", pattern=rf"\*|S[1-9]\d*|{_CODE}", expected="kode baku, S1, S2, … untuk sasaran, atau * untuk semua kode"),
            row.text("indikator"),
            row.choice("jenis_akumulasi", ACCUMULATIONS),
            row.choice("polaritas", POLARITIES),
        )
        return (item.kode, indicator_key(item.indikator)), item

    def tahun(row: _Row) -> tuple[object, tuple[int, str]]:
        item = (row.year("tahun"), row.choice("mode_renstra", RENSTRA_MODES))
        return item[0], item

    def tenggat(row: _Row) -> tuple[object, tuple[tuple[int, int], dt.date]]:
        quarter = row.integer("triwulan")
        if quarter not in (1, 2, 3, 4):
            raise row.fail("triwulan", "1, 2, 3 atau 4")
        key, due = (row.year("tahun"), quarter), row.date("batas_lapor")
        after = dt.date(key[0] + quarter // 4, 3 * quarter % 12 + 1, 1)
        if not after <= due < after + dt.timedelta(days=365):
            raise row.fail("batas_lapor", f"tanggal dalam setahun mulai {after}, hari pertama sesudah triwulan itu")
        return key, (key, due)

    def serapan(row: _Row) -> tuple[object, None]:
        month = row.integer("bulan")
        if not 1 <= month <= 12:
            raise row.fail("bulan", "1 sampai 12")
        lower, upper = row.percent("batas_bawah"), row.percent("batas_atas")
        if upper < lower:
            raise row.fail("batas_atas", f"tidak kurang dari batas_bawah ({lower})")
        return month, None

    def kategori(row: _Row) -> tuple[object, None]:
        row.text("kategori")
        for word in row.text("kata_kunci", expected="kata yang dipisahkan dengan |").split("|"):
            if not _KEYWORD.fullmatch(word.strip()):
                raise row.fail("kata_kunci", f"kata biasa yang dipisahkan dengan |, sedangkan “{word}” kosong atau bukan kata")
        return row.integer("urutan"), None

    classes = table("skala_predikat", ("predikat", "batas_bawah", "batas_atas", "urutan"), "predikat", predikat)
    _check_scale(scale)
    tolerances = dict(table("toleransi", ("ukuran", "batas"), "ukuran", toleransi))
    if missing := [name for name in TOLERANCES if name not in tolerances]:
        raise ReferenceError(f"toleransi.csv kolom ukuran: baris {', '.join(missing)} tidak ada; tambahkan barisnya.")

    # SQL reads these two; what a workbook says does not depend on them, so they are not in the fingerprint
    for name, columns, key, check in (
        ("batas_serapan", ("bulan", "batas_bawah", "batas_atas"), "bulan", serapan),
        ("kategori_kendala", ("urutan", "kategori", "kata_kunci"), "urutan", kategori),
    ):
        source = _Table(folder, name, columns)
        _unique([(row, check(row)[0]) for row in source], key)

    kecamatan_columns = ("kode_kemendagri", "kode_bps", "nama", "jumlah_desa", "jumlah_kelurahan")
    kecamatan_rows = table("kecamatan", kecamatan_columns, "kode_kemendagri", kecamatan)
    _unique(((row, item.kode_bps) for row, item in places), "kode_bps")
    _unique(((row, item.nama.casefold()) for row, item in places), "nama")
    nomenklatur_columns = ("kode", "kode_2_digit", "level", "uraian", "indikator", "satuan", "berlaku_sejak", "berlaku_sampai")
    nomenklatur_rows = table("nomenklatur", nomenklatur_columns, "kode", nomenklatur)
    _check_spans(codes)
    units = dict(table("satuan", ("satuan", "jenis_akumulasi"), "satuan", satuan))
    spelled = dict(table("satuan_ejaan", ("ejaan", "satuan"), "ejaan", ejaan))
    _check_spellings(spellings, units)

    return References(
        kecamatan=tuple(kecamatan_rows),
        nomenklatur=tuple(nomenklatur_rows),
        predikat=tuple(sorted(classes, key=lambda p: p.urutan)),
        akumulasi_satuan=units,
        ejaan_satuan=spelled,
        jenis_indikator=tuple(table("jenis_indikator", ("kode", "indikator", "jenis_akumulasi", "polaritas"), "indikator", jenis)),
        mode_renstra=dict(table("tahun", ("tahun", "mode_renstra"), "tahun", tahun)),
        tenggat=dict(table("tenggat", ("tahun", "triwulan", "batas_lapor"), "triwulan", tenggat)),
        toleransi=tolerances,
        fingerprint=digest.hexdigest(),
    )
