"""Whose form a sheet is, and of which triwulan: what each place says, and whether they agree.

Source of the rule: contract §1 (content decides, the path only where content is silent, disagreement is refused). Belongs here: names of
kecamatan in text, and the verdict over all evidence. Does not belong here: collecting the texts from a sheet (`form`), reading triwulan
and year from a text (`dates`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA

from pipelines.reference.tables import References
from pipelines.workbook.dates import read_period
from pipelines.workbook.submission import CellFinding, Evidence, Identity

_WORD = re.compile(r"[^\W\d_]+|[0-9]+")
_SPACED = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")  # K E C A M A T A N
_LONG_SPACED = 10  # characters from which such letters are a word, and no enumeration
_MARKS = frozenset(("kec", "kecamatan", "camat"))
_LABELS = frozenset(("skpd", "opd", "pd", "perangkat daerah", "unit kerja", "satuan kerja"))
LABEL = re.compile(
    r"(?:\b(?:kecamatan|kec|kabupaten|kab|tri ?wulan|tw|tahun(?: anggaran)?|ta)"
    r"|^(?:nama )?(?:skpd|opd|pd|perangkat daerah|(?:unit|satuan) kerja|desa|kelurahan|alamat|ibu ?kota))\.?\s*:?$",
    re.IGNORECASE,
)
"""The end of a title's text whose value stands in the next cell."""
_NO_TITLE = re.compile(r"\s*(?:[a-z]\s*[.)]\s|\(?(?:catatan|keterangan|ket|sumber|nb|revisi)\b|\*)", re.IGNORECASE)
_OTHER_PLACES = frozenset(
    (
        "desa",
        "kelurahan",
        "kel",
        "dusun",
        "lurah",
        "kades",
        "jalan",
        "jl",
        "jln",
        "pasar",
        "puskesmas",
        "kabupaten",
        "kab",
        "bupati",
        "bappeda",
        "pemkab",
        "dprd",
        "rsud",
        "kota",
        "koramil",
        "polsek",
    )
)
_REGENCY = "lumajang"  # the kabupaten bears the name of one of its kecamatan: alone it says nothing
_SHORTEST_MISSPELT = 5
_PLACES = {
    "judul": "judul",
    "lembar": "nama lembar",
    "kolom_20": "kolom penanggung jawab",
    "tanda_tangan": "blok tanda tangan",
    "path": "nama folder/berkas",
}


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A kecamatan that a text names. `exact` is False for a misspelling one edit away; `span` is its place in the text."""

    kode_kemendagri: str
    nama: str
    exact: bool
    span: tuple[int, int]


class CannotIdentify(Exception):  # noqa: N818 - a verdict that the caller turns into a refusal
    """The evidence does not say whose form this is, or of when. `pesan` is Indonesian, to stand after the sheet's name."""

    def __init__(
        self, aturan: str, pesan: str, identitas: Identity, sel: str | None, nilai_lapor: str | None, nilai_seharusnya: str | None
    ) -> None:
        super().__init__(f"{aturan}: {pesan}")
        self.aturan = aturan
        self.pesan = pesan
        self.identitas = identitas
        self.sel = sel
        self.nilai_lapor = nilai_lapor
        self.nilai_seharusnya = nilai_seharusnya


def kecamatan_in(text: str, names: Mapping[str, str], *, bare: bool = False) -> list[NameMatch]:
    """Every kecamatan that a text names, in order.

    `names` maps kode_kemendagri to nama. A name counts after Kecamatan, Kec. or Camat, as the value of a label (`SKPD: Kunir`), or
    joined to one that counts (`Kecamatan Kunir dan Tempeh`); with `bare` also alone (sheet names, paths), but never as a desa, kelurahan
    or kabupaten. After Kecamatan, or as the only word, a spelling one edit away from exactly one name counts too, with `exact` False.
    Bare "Lumajang" counts only where the text names no other kecamatan.
    """
    return list(_kecamatan_in(text, tuple(names.items()), bare))


@lru_cache(maxsize=1024)  # most titles, and the office in column 20, are the same on every form
def _kecamatan_in(text: str, names: tuple[tuple[str, str], ...], bare: bool) -> tuple[NameMatch, ...]:
    keys = _keys(names)
    words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[NameMatch] = []
    regency: NameMatch | None = None
    i = after = 0
    while i < len(words):
        match, used, marked = _name_at(words, i, keys)
        before = words[i - 1][0] if i else ""
        if match is not None and not marked and _key(match.nama) != _REGENCY:
            joined = found and re.fullmatch(r"\s*(?:[,/&+]|dan)\s*", text[after : match.span[0]], re.IGNORECASE)
            marked = bool(joined) or bool({before, " ".join(word for word, _, _ in words[max(i - 2, 0) : i])} & _LABELS)
        if match is None or (not marked and (not bare or before in _OTHER_PLACES)):
            i += 1
            continue
        if not marked and _key(match.nama) == _REGENCY:
            regency = regency or match
        else:
            found.append(match)
            after = match.span[1]
        i += used
    if bare and not found and regency is None:
        whole = [w for w in words if not any(c.isdigit() for c in w[0])]
        if len(whole) == 1 and (near := _one_edit_away(whole[0][0], keys)):
            found.append(NameMatch(*near, False, whole[0][1:]))
    return tuple(found) or ((regency,) if regency else ())


@lru_cache(maxsize=8)
def _keys(names: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, str]]:
    return {_key(name): (kode, name) for kode, name in names}


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    return "".join(_WORD.findall(name)).lower()


def _name_at(words: Sequence[tuple[str, int, int]], i: int, keys: Mapping[str, tuple[str, str]]) -> tuple[NameMatch | None, int, bool]:
    """A name that begins at word i: the match, how many words it takes, and whether 'Kecamatan' stands before it."""
    marked = i > 0 and _is_mark(words[i - 1][0])
    for used in (3, 2, 1):
        window = words[i : i + used]
        if len(window) < used:
            continue
        joined = "".join(word for word, _, _ in window)
        for mark in ("", "kecamatan", "kec", "camat"):
            hit = keys.get(joined.removeprefix(mark)) if joined.startswith(mark) else None
            if hit:
                return NameMatch(*hit, True, (window[0][1], window[-1][2])), used, marked or bool(mark)
    if marked:
        for used in (1, 2):
            window = words[i : i + used]
            near = _one_edit_away("".join(word for word, _, _ in window), keys)
            if near:
                return NameMatch(*near, False, (window[0][1], window[-1][2])), len(window), True
    return None, 1, marked


def _is_mark(word: str) -> bool:
    return word in _MARKS or (len(word) >= 8 and OSA.distance(word, "kecamatan", score_cutoff=1) <= 1)


def _one_edit_away(word: str, keys: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    if len(word) < _SHORTEST_MISSPELT:
        return None
    near = [hit for key, hit in keys.items() if OSA.distance(key, word, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else None


def _only(matches: Sequence[NameMatch]) -> NameMatch | None:
    return matches[0] if matches and len({match.kode_kemendagri for match in matches}) == 1 else None


def evidence_from(sumber: str, sel: str | None, text: str, references: References) -> Evidence:
    """What one text says of identity. `sumber` is judul, lembar, kolom_20, tanda_tangan or path; `sel` its cell.

    Column 20 and the signature say nothing of the period: a form is signed after, and sometimes before, its triwulan ends. The items
    a., b., c. below the title are texts of the form's content and say nothing, nor do notes. A path speaks through its last part first.
    """
    names = references.nama_kecamatan
    if any(len(run) >= _LONG_SPACED for run in _SPACED.findall(text)):
        text = _SPACED.sub(lambda run: run[0].replace(" ", ""), text)
    if sumber == "judul" and _NO_TITLE.match(text):
        return Evidence(sumber, sel, text)
    if sumber == "path":
        return _path_evidence(text, names)
    match = _only(kecamatan_in(text, names, bare=sumber == "lembar"))
    if match is None and sumber == "judul" and _key(text) != _REGENCY:
        # 'Kecamatan' and ': Pasirian' in two cells
        match = next((NameMatch(kode, name, True, (0, len(text))) for kode, name in names.items() if _key(name) == _key(text)), None)
    kode = match.kode_kemendagri if match else None
    exact = match is None or match.exact
    if sumber not in ("judul", "lembar"):
        return Evidence(sumber, sel, text, kode, exact=exact)
    period = read_period(text)
    return Evidence(sumber, sel, text, kode, period.tahun, period.triwulan, exact)


def _path_evidence(path: str, names: Mapping[str, str]) -> Evidence:
    parts = [part.replace("_", " ") for part in reversed(PurePosixPath(path.replace("\\", "/")).parts)]
    if parts:
        parts[0] = PurePosixPath(parts[0]).stem
    kode: str | None = None
    tahun: int | None = None
    triwulan: int | None = None
    exact = True
    dated = False  # a folder of a year or triwulan has been passed
    for place, part in enumerate(parts):
        # `Lumajang/2024/tw2/…`: what holds the years may as well be the kabupaten's folder
        named = [] if dated and _key(part) == _REGENCY else kecamatan_in(part, names, bare=True)
        if kode is None and (match := _only(named)):
            kode, exact = match.kode_kemendagri, match.exact
        period = read_period(part)
        tahun = tahun or period.tahun
        triwulan = triwulan or period.triwulan
        dated = dated or bool(place and (period.tahun or period.triwulan))
    return Evidence("path", None, path, kode, tahun, triwulan, exact)


def explain(evidence: Evidence, references: References) -> str:
    """What one place says of identity, for `renja check --explain`."""
    said = []
    if evidence.kode_kemendagri:
        near = "" if evidence.exact else " (ejaannya berbeda satu huruf)"
        said.append(f"Kecamatan {references.nama_kecamatan.get(evidence.kode_kemendagri, evidence.kode_kemendagri)}{near}")
    said += [f"triwulan {evidence.triwulan}"] if evidence.triwulan else []
    said += [f"tahun {evidence.tahun}"] if evidence.tahun else []
    return f"identitas menurut {_where(evidence)}: “{_shorten(evidence.teks)}” → {', '.join(said) or 'tidak menyebut apa-apa'}"


def _where(evidence: Evidence) -> str:
    place = _PLACES.get(evidence.sumber, evidence.sumber)
    return f"{place} ({evidence.sel})" if evidence.sel else place


def misspelt_names(identity: Identity, references: References) -> list[CellFinding]:
    """What to report where a kecamatan's name was taken although it is one edit away: the cell, or the sheet's or file's name.

    A misspelt path matters only where nothing else says whose form it is.
    """
    content = [e for e in identity.bukti if e.sumber != "path" and e.kode_kemendagri]
    return [
        CellFinding(
            "nama_kecamatan_salah_eja",
            e.sel,
            _shorten(e.teks),
            f"Kecamatan {references.nama_kecamatan[e.kode_kemendagri or '']}",
            rincian=None if e.sel else _PLACES[e.sumber],
            baris=int("".join(filter(str.isdigit, e.sel))) if e.sel else None,
        )
        for e in content or identity.bukti
        if e.kode_kemendagri and not e.exact
    ]


def _shorten(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


def identify(evidence: Sequence[Evidence], *, tahun_awal: int, tahun_akhir: int) -> Identity:
    """Weigh all evidence: content decides, the path only where content is silent.

    Raises `CannotIdentify` with `identitas_bertentangan` where two places of the content, or content and path, disagree;
    `kecamatan_tidak_dikenali` or `periode_tidak_dikenali` where nothing says it, or the year lies outside the given range.
    """
    identity = Identity(bukti=list(evidence))
    conflicts: list[tuple[str, Evidence, Evidence]] = []

    def settle(what: str, value: Callable[[Evidence], object]) -> Evidence | None:
        content = [e for e in evidence if e.sumber != "path" and value(e) is not None]
        said = content + [e for e in evidence if e.sumber == "path" and value(e) is not None]
        if not said:
            return None
        other = next((e for e in said if value(e) != value(said[0])), None)
        if other is not None:
            conflicts.append((what, said[0], other))
            return None
        return said[0]

    whose = settle("kecamatan", lambda e: e.kode_kemendagri)
    year = settle("tahun", lambda e: e.tahun)
    quarter = settle("triwulan", lambda e: e.triwulan)
    identity.kode_kemendagri = whose.kode_kemendagri if whose else None
    identity.tahun = year.tahun if year else None
    identity.triwulan = quarter.triwulan if quarter else None
    if conflicts:
        what, one, two = conflicts[0]
        raise CannotIdentify(
            "identitas_bertentangan",
            f"{what} di {_where(one)} tertulis “{_shorten(one.teks)}”, tetapi di {_where(two)} “{_shorten(two.teks)}”; "
            "samakan keduanya, lalu kirim ulang.",
            identity,
            two.sel or one.sel,
            _shorten(two.teks),
            _shorten(one.teks),
        )
    if whose is None:
        raise CannotIdentify(
            "kecamatan_tidak_dikenali",
            "nama kecamatan tidak ditemukan di judul, nama lembar, kolom penanggung jawab, tanda tangan maupun nama berkas; "
            "tulis “Kecamatan …” pada judul, lalu kirim ulang.",
            identity,
            None,
            None,
            "Kecamatan … pada judul",
        )
    if year is None or quarter is None or year.tahun is None:
        missing = " dan ".join(name for name, found in (("triwulan", quarter), ("tahun", year)) if found is None)
        raise CannotIdentify(
            "periode_tidak_dikenali",
            f"{missing} tidak ditemukan di judul, nama lembar maupun nama berkas; "
            "tulis misalnya “Triwulan II Tahun 2024” pada judul, lalu kirim ulang.",
            identity,
            None,
            None,
            "Triwulan … Tahun … pada judul",
        )
    if not tahun_awal <= year.tahun <= tahun_akhir:
        raise CannotIdentify(
            "periode_tidak_dikenali",
            f"tahun di {_where(year)} tertulis {year.tahun}, di luar {tahun_awal}–{tahun_akhir} yang diterima; "
            "perbaiki tahunnya, lalu kirim ulang.",
            identity,
            year.sel,
            str(year.tahun),
            f"{tahun_awal}–{tahun_akhir}",
        )
    return identity
