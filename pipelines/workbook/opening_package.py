"""The zip container of .xlsx, .xlsm, .xlsb and .ods, read with a bound on everything.

Belongs here: getting the bytes of a part, and refusing what is not honest about its size. Does not belong here: what a part means.
The sizes of the central directory are only claims, so a part is inflated here, to its claimed size and not a byte further, before any
library is given the file.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from lxml import etree

from pipelines.workbook.opening_refusal import MIB, Limits, locked, too_large, unreadable

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_MAX_PARTS = 20_000
_PIECE = 8 * MIB


class Package:
    """A zip file in memory whose parts together stay within `limits.unpacked`. Names are matched without regard to case."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises CannotOpen for a broken archive, an encrypted one, and one that claims to unpack to too much."""
        self.data = data
        try:
            infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, struct.error) as error:
            raise unreadable("rusak atau terpotong (arsip zip di dalamnya tidak utuh)") from error
        if len(infos) > _MAX_PARTS:
            raise too_large("Berkas ini berisi", f"{len(infos)} bagian", f"{_MAX_PARTS} bagian")
        total = sum(info.file_size for info in infos)
        if total > limits.unpacked:
            raise too_large("Isi berkas ini setelah dibuka", f"{total // MIB} MiB", f"{limits.unpacked // MIB} MiB")
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/").lower().lstrip("/")
            if name in self.parts:
                raise unreadable(f"rusak (bagian '{name[:60]}' ada dua kali di dalamnya)")
            self.parts[name] = info

    def __contains__(self, name: str) -> bool:
        return name.lower().lstrip("/") in self.parts

    def size(self, name: str) -> int:
        """The unpacked size that the archive claims for a part, in bytes; 0 where there is no such part."""
        info = self.parts.get(name.lower().lstrip("/"))
        return info.file_size if info else 0

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, at most 8 MiB at a time. Raises CannotOpen where the part is missing, damaged or larger than it claims."""
        info = self.parts.get(name.lower().lstrip("/"))
        if info is None:
            raise unreadable(f"rusak (bagian '{name[:60]}' tidak ada di dalamnya)")
        if info.flag_bits & 1:
            raise locked()
        damaged = unreadable(f"rusak atau terpotong (bagian '{name[:60]}' tidak utuh)")
        header = self.data[info.header_offset : info.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise damaged
        fields = _LOCAL_HEADER.unpack(header)
        start = info.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10]
        packed = memoryview(self.data)[start : start + info.compress_size]
        if len(packed) < info.compress_size:
            raise damaged
        size = crc = 0
        try:
            for piece in _inflate(packed, info.compress_type):
                size += len(piece)
                if size > info.file_size:
                    raise damaged
                crc = zlib.crc32(piece, crc)
                yield piece
        except zlib.error as error:
            raise damaged from error
        if size != info.file_size or crc != info.CRC:
            raise damaged

    def read(self, name: str) -> bytes:
        """All bytes of a part. Raises as `pieces`."""
        return b"".join(self.pieces(name))

    def verify(self, name: str) -> None:
        """Inflate a part without keeping it. Raises as `pieces`, and where it declares a document type."""
        tail = b""
        for piece in self.pieces(name):
            refuse_doctype(tail + piece)
            tail = piece[-16:]

    def with_parts(self, replaced: Mapping[str, bytes], keep: tuple[str, ...]) -> bytes:
        """A new, uncompressed archive: `replaced` parts, and of the others those whose lower-case name is in `keep`."""
        lowered = {name.lower().lstrip("/"): content for name, content in replaced.items()}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name, info in self.parts.items():
                if name in lowered:
                    archive.writestr(info.filename, lowered[name])
                elif name in keep:
                    archive.writestr(info.filename, self.read(name))
        return buffer.getvalue()

    def renamed(self, names: Mapping[str, str], added: Mapping[str, bytes]) -> bytes:
        """A new, uncompressed archive: parts under other names (by lower-case name), and some anew, in place of what has their names."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name, content in added.items():
                archive.writestr(name, content)
            for name, info in self.parts.items():
                if name in names or name not in {other.lower() for other in (*names.values(), *added)}:
                    archive.writestr(names.get(name, info.filename), self.read(name))
        return buffer.getvalue()


def _inflate(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        for start in range(0, len(packed), _PIECE):
            yield bytes(packed[start : start + _PIECE])
        return
    if method != zipfile.ZIP_DEFLATED:
        raise unreadable(f"memakai cara pemampatan zip yang tidak dikenal ({method})")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    piece = inflater.decompress(packed, _PIECE)
    while piece:
        yield piece
        piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
    if not inflater.eof:
        raise zlib.error("incomplete deflate stream")


def refuse_doctype(xml: bytes) -> None:
    """Raise CannotOpen where XML declares a document type: no writer of workbooks does, and entities are only ever an attack."""
    if b"<!" in xml and (b"<!DOCTYPE" in xml or b"<!ENTITY" in xml):
        raise unreadable("memuat deklarasi DTD/entitas XML, yang tidak pernah ada di buku kerja Excel")


def parse_xml(xml: bytes) -> etree._Element:
    """A small XML part as a tree, with no entity, no DTD and no network. Raises CannotOpen where it is not XML."""
    refuse_doctype(xml)
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise unreadable("rusak (bagian XML di dalamnya tidak dapat diurai)") from error


def local(element: etree._Element) -> str:
    """An element's name without its namespace; '' for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
