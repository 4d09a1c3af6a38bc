"""The words with which clerks begin a row of the table: total, subtotal, kelurahan, sasaran, urusan, and signs that repeat the row above.

In: the text of one cell. Out: what it says the row is. Source: forms as offices send them; no official title of the nomenclature
(Kepmendagri 900.1.15.5-1317/2023) begins like any of these. Does not belong here: what a row is once all its cells are looked at (`rows`).
"""

from __future__ import annotations

import re

_LEAVES = r"(?:program|kegiatan|sub ?-?kegiatan)"
TOTAL = re.compile(
    r"(?:grand )?(?:total|t o t a l|jumlah|j u m l a h)"
    r"(?: (?:total|anggaran|belanja|renja|pagu|dana|biaya|apbd|realisasi|perangkat daerah|daerah|pd|opd|skpd"
    r"|keseluruhan|seluruhnya|akhir|besar"
    rf"|dan|&|(?:tahun|ta|t\.a\.?)? ?(?:anggaran )?20\d\d|(?:s\.?/?d\.? )?(?:triwulan|tw) (?:iv|i{{1,3}}|[1-4])"
    rf"|(?:seluruh|semua) {_LEAVES}(?:\W+(?:dan )?{_LEAVES})*|{_LEAVES}(?:\W+(?:dan )?{_LEAVES})+"
    r"|kecamatan(?!.* yang ).*|\(?rp\.?\)?))*\s*[:.]?",
    re.IGNORECASE,
)
"""The form's last line of money."""
SUM = re.compile(r"(?:grand |sub[ -]?)?(?:total|jumlah)\b|jml\b|Σ|(?:di)?pindah(?:an|kan)\b", re.IGNORECASE)
"""A subtotal, where nothing of an output stands in its row: an indicator may begin like this as well."""
SUBTOTAL = re.compile(rf"(?:grand |sub[ -]?)?(?:total|jumlah|jml)\b\W*(?:$|(?:per |tiap )?{_LEAVES}\b|sub\b|[ivx]+\b|[0-9])", re.IGNORECASE)
"""A subtotal, whatever else stands in its row (an average of the outputs)."""
KELURAHAN = re.compile(r"^(?:[-•*\d. )]|[a-z][.)]\s*)*(kelurahan\b|kel\b\.?|lurah\b)", re.IGNORECASE)
INDICATOR = re.compile(r"^(persentase|prosentase|rata ?-? ?rata|jumlah|indeks|nilai|tingkat|%)\b", re.IGNORECASE)
SASARAN = re.compile(
    r"sasaran\b|(?:meningkat|terwujud|tercapai|tercipta|terselenggara|terlaksana|terpenuhi|terkendali|optimal|menguat|membaik|menurun)nya\b",
    re.IGNORECASE,
)
"""What is to be reached, and not what is to be done: a sasaran, in whatever column."""
TUJUAN = re.compile(r"tujuan\b\W*(?:\d|:|perangkat|pd\b|opd\b)", re.IGNORECASE)
UNIT = re.compile(r"(?:bidang )?urusan\b|unsur kewilayahan\b|(?:kecamatan|kec\.|skpd|opd|perangkat daerah)(?: |$)", re.IGNORECASE)
"""Whose table it is: an urusan, a bidang, the kecamatan itself."""
_ITEM = re.compile(r"[(\s]*(?:[0-9]{1,2}|[a-z])\s*[.)](?![0-9])|(?:desa|dusun|lokasi|rt|rw)\b", re.IGNORECASE)
_ITEM_OR_ACCOUNT = re.compile(r"[(\s]*(?:[0-9]{1,2}|[a-z])[\s.)]*$|(?:7\.[0-9.]+\.)?5\.[1-4](?:\.|$)", re.IGNORECASE)
_CONTINUED = re.compile(r"\W*(?:lanjutan|sambungan)\b", re.IGNORECASE)
_NOTE = re.compile(r"(?:catatan|keterangan|ket|nb|note)\b", re.IGNORECASE)
_DITTO = frozenset(("-", "–", "—", '"', "''", "”", "“", ",,", "sda", "sda.", "s.d.a", "s.d.a.", "idem", "id.", "ditto"))
_LONGEST_DITTO = max(map(len, _DITTO))


def without_dittos(words: list[str | None]) -> list[str | None]:
    """A column's texts; None where a sign only says that nothing, or the same as above, stands there."""
    return [None if text and len(text) <= _LONGEST_DITTO and text.lower() in _DITTO else text for text in words]


def is_detail(uraian: str, kode: str) -> bool:
    """Whether a row's title or what stands in its column of codes is an item of a list (`1.`, `a)`), a place, or an account (`5.1.02…`)."""
    return bool(_ITEM.match(uraian) or _ITEM_OR_ACCOUNT.match(kode))


def is_lost_code(text: str) -> bool:
    """Whether what stands in the column of codes is a code that is lost (`#REF!`) or too long to be one."""
    return text.startswith("#") or sum(map(str.isdigit, text)) > 3


def is_statement(text: str) -> bool:
    """Whether what stands in the column of codes says something, if not a code: a title, or a code that is lost."""
    return is_lost_code(text) or (sum(map(str.isalpha, text)) > 4 and not _CONTINUED.match(text))


def begins_a_row(text: str) -> bool:
    """Whether a text is a row's title, although not one of the nomenclature: a sasaran, a tujuan, a unit."""
    return bool(SASARAN.match(text) or TUJUAN.match(text) or UNIT.match(text))


def is_wrapped(text: str) -> bool:
    """Whether a text goes on where the cell above it ended: it begins with a small letter, and not as an indicator would."""
    return text[:1].islower() and text[1:2] not in (".", ")") and not INDICATOR.match(text) and not _NOTE.match(text)
