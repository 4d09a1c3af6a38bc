"""An .xls that Excel encrypted with a password of its own, as it does where a workbook's structure is protected; it opens it unasked.

Source: MS-XLS 2.2.10 (what is encrypted), 2.4.117 (FilePass); MS-OFFCRYPTO 2.3.5 (RC4 CryptoAPI), 2.3.6 (RC4).
Does not belong here: any password of a person's, and the XOR obfuscation of Excel 95.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable

from xlrd.compdoc import CompDoc

_PASSWORD = "VelvetSweatshop".encode("utf-16-le")  # Excel's, the same in every copy of it
_FILE_PASS, _BOUND_SHEET, _NOTHING = 0x2F, 0x85, 0x5C  # the last: who wrote the file, which nobody reads
_CLEAR = frozenset((0x809, _FILE_PASS, 0x194, 0x195, 0xE1, 0x196, 0x138))  # records whose contents are never encrypted
_BLOCK = 1024  # bytes of the stream, record headers counted, for which one key holds


def unprotected(data: bytes) -> bytes | None:
    """The workbook's records, decrypted, of an encrypted .xls; None where a person has set a password, or it is encrypted otherwise."""
    with open(os.devnull, "w") as silence:  # noqa: PTH123 - a device, not a path of ours
        memory, base, size = CompDoc(data, logfile=silence).locate_named_stream("Workbook")
    if memory is None:
        return None
    stream = bytes(memory[base : base + size])
    records: list[tuple[int, int, int]] = []  # type, where its contents begin, their length
    at, key = 0, None
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILE_PASS and key is None:
            key = _key(stream[at + 4 : at + 4 + length])
        records.append((kind, at + 4, min(length, len(stream) - at - 4)))
        at += 4 + length
    if key is None:
        return None
    blocks = (_key_stream(key(block), min(_BLOCK, len(stream) - block * _BLOCK)) for block in range(-(-len(stream) // _BLOCK)))
    plain = bytearray(stream)
    decrypted = _xor(stream, b"".join(blocks))
    for kind, start, length in records:
        if kind == _FILE_PASS:
            struct.pack_into("<H", plain, start - 4, _NOTHING)
        elif kind not in _CLEAR:
            first = start + (4 if kind == _BOUND_SHEET else 0)  # where the sheet begins is readable to all
            plain[first : start + length] = decrypted[first : start + length]
    return bytes(plain)


def _key(stated: bytes) -> Callable[[int], bytes] | None:
    """Block → its key; None where Excel's own password is not the file's."""
    kind, major, minor = struct.unpack_from("<HHH", stated)
    if (kind, major, minor) == (1, 1, 1):
        salt, digest = stated[6:22], hashlib.md5
        verifier = stated[22:54]
        base = digest((digest(_PASSWORD).digest()[:5] + salt) * 16).digest()[:5]
        length = 16
    elif kind == 1 and minor == 2:
        (header,) = struct.unpack_from("<I", stated, 10)
        (bits,) = struct.unpack_from("<I", stated, 14 + 16)
        salt, digest = stated[14 + header + 4 : 14 + header + 20], hashlib.sha1
        verifier = stated[14 + header + 20 : 14 + header + 36] + stated[14 + header + 40 : 14 + header + 60]
        base, length = digest(salt + _PASSWORD).digest(), (bits or 40) // 8
    else:
        return None

    def of_block(block: int) -> bytes:
        key = digest(base + struct.pack("<I", block)).digest()[:length]
        return key.ljust(16, b"\0") if length == 5 else key

    tried = _xor(verifier, _key_stream(of_block(0), len(verifier)))
    return of_block if digest(tried[:16]).digest() == tried[16:] else None


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).to_bytes(len(one), "little")


def _key_stream(key: bytes, length: int) -> bytes:
    """RC4."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    made = bytearray()
    for _ in range(length):
        i = (i + 1) & 255
        a = state[i]
        j = (j + a) & 255
        b = state[j]
        state[i], state[j] = b, a
        made.append(state[(a + b) & 255])
    return bytes(made)
