"""Whether a PDF asks for a password before it opens. ISO 32000-2 §7.6

Many official PDFs are encrypted with an owner's password alone (no printing, no copying): they open for everybody and
are taken. One that opens with the empty user password is open; any other is locked. What cannot be understood counts as
locked: nobody can say that the reviewers will be able to read it.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
REFERENCE = re.compile(rb"/Encrypt\s+(\d{1,10})\s+(\d{1,5})\s+R")
DIRECT = re.compile(rb"/Encrypt\s*<<")
IDENTIFIER = re.compile(rb"/ID\s*\[\s*([(<])")
TOKEN = re.compile(rb"<<|>>|\(|<[^<>]*>|%[^\r\n]*")
"""What a dictionary is found the end of by: its brackets, strings and remarks."""
LONGEST = 8192
"""Bytes of an encryption dictionary: nobody writes one of a tenth of that."""
LONGEST_ID = 4096
ESCAPES = {
    ord("n"): 10,
    ord("r"): 13,
    ord("t"): 9,
    ord("b"): 8,
    ord("f"): 12,
}


def needs_password(content: bytes) -> bool:
    """Whether the PDF is encrypted and does not open with the empty password."""
    start = _dictionary_at(content)
    if start is None:
        return False
    try:
        return not _opens(_dictionary(content[start : start + LONGEST]), _first_id(content))
    except (ValueError, IndexError, KeyError, ArithmeticError):
        return True


def _dictionary_at(content: bytes) -> int | None:
    """Where the encryption dictionary begins; None when the file is not encrypted."""
    direct = DIRECT.search(content)
    if direct is not None:
        return direct.end() - len(b"<<")
    reference = _last(REFERENCE, content)
    if reference is None:
        return None
    number, generation = reference.groups()
    found = _last(re.compile(rb"(?<!\d)" + number + rb"\s+" + generation + rb"\s+obj\b"), content)
    return found.end() if found else len(content)


def _last(pattern: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    """The last place, without keeping those before it: a hostile file has millions."""
    kept = deque(pattern.finditer(content), maxlen=1)
    return kept[0] if kept else None


def _dictionary(held: bytes) -> bytes:
    """The dictionary at the beginning, without what follows it. Raises ValueError where none is or it does not end."""
    depth, at = 0, 0
    while (token := TOKEN.search(held, at)) is not None:
        if not depth and (token.group() != b"<<" or held[: token.start()].strip()):
            break
        at = token.end()
        if token.group() == b"(":
            at = _literal(held, at)[1]
        depth += (token.group() == b"<<") - (token.group() == b">>")
        if not depth:
            return held[:at]
    raise ValueError("no dictionary")


def _opens(held: bytes, first_id: bytes) -> bool:
    if b"/Standard" not in held:  # certificates: opens for whoever holds the key
        return False
    revision = _number(held, b"R")
    user, owner = _string(held, b"U"), _string(held, b"O")
    if revision in (5, 6):
        check = _digest_5 if revision == 5 else _digest_6
        return check(user[32:40]) == user[:32]
    if revision not in (2, 3, 4):
        return False
    length = 16 if revision == 4 else _key_length(held)
    seed = PAD + owner[:32] + (_number(held, b"P") & 0xFFFFFFFF).to_bytes(4, "little") + first_id
    if revision == 4 and re.search(rb"/EncryptMetadata\s+false", held):
        seed += b"\xff\xff\xff\xff"
    key = hashlib.md5(seed, usedforsecurity=False).digest()
    if revision == 2:
        return _rc4(key[:5], PAD) == user[:32]
    for _round in range(50):
        key = hashlib.md5(key[:length], usedforsecurity=False).digest()
    key = key[:length]
    told = _rc4(key, hashlib.md5(PAD + first_id, usedforsecurity=False).digest())
    for step in range(1, 20):
        told = _rc4(bytes(each ^ step for each in key), told)
    return told == user[:16]


def _key_length(held: bytes) -> int:
    """Bytes of the key of revision 3. Raises ValueError for a length that the standard does not know."""
    bits = _number(held, b"Length", 40)
    if not 40 <= bits <= 128 or bits % 8:
        raise ValueError(f"a key of {bits} bits")
    return bits // 8


def _digest_5(salt: bytes) -> bytes:
    return hashlib.sha256(salt).digest()


def _digest_6(salt: bytes) -> bytes:
    """Algorithm 2.B with the empty password and no user key."""
    hashes: tuple[Callable[..., hashlib._Hash], ...] = (hashlib.sha256, hashlib.sha384, hashlib.sha512)
    key, count = hashlib.sha256(salt).digest(), 0
    while True:
        count += 1
        encryptor = Cipher(algorithms.AES(key[:16]), modes.CBC(key[16:32])).encryptor()
        mixed = encryptor.update(key * 64) + encryptor.finalize()
        key = hashes[sum(mixed[:16]) % 3](mixed).digest()
        if count >= 64 and mixed[-1] <= count - 32:
            return key[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    box, at = list(range(256)), 0
    for place in range(256):
        at = (at + box[place] + key[place % len(key)]) % 256
        box[place], box[at] = box[at], box[place]
    out, one, two = bytearray(), 0, 0
    for each in data:
        one = (one + 1) % 256
        two = (two + box[one]) % 256
        box[one], box[two] = box[two], box[one]
        out.append(each ^ box[(box[one] + box[two]) % 256])
    return bytes(out)


def _number(held: bytes, name: bytes, default: int | None = None) -> int:
    found = re.search(rb"/" + name + rb"\s+(-?\d+)", held)
    if found is None and default is None:
        raise KeyError(name)
    return int(found.group(1)) if found else int(default or 0)


def _string(held: bytes, name: bytes) -> bytes:
    """A string of the dictionary, written ``(…)`` or ``<hex>``."""
    found = re.search(rb"/" + name + rb"\s*([(<])", held)
    if found is None:
        raise KeyError(name)
    if found.group(1) == b"<":
        digits = held[found.end() : held.index(b">", found.end())]
        return bytes.fromhex(re.sub(rb"\s", b"", digits).decode("ascii"))
    return _literal(held, found.end())[0]


def _first_id(content: bytes) -> bytes:
    last = _last(IDENTIFIER, content)
    if last is None:
        return b""
    held = content[last.end() : last.end() + LONGEST_ID]
    if last.group(1) == b"<":
        return bytes.fromhex(held[: held.index(b">")].decode("ascii"))
    return _literal(held, 0)[0]


def _literal(held: bytes, at: int) -> tuple[bytes, int]:
    """A literal string from behind its opening bracket, and where it ends, behind the bracket that closes it."""
    out, depth = bytearray(), 1
    while True:
        each = held[at]
        if each == ord("\\"):
            at += 1
            octal = re.match(rb"[0-7]{1,3}", held[at : at + 3])
            if octal:
                out.append(int(octal.group(), 8) & 0xFF)
                at += len(octal.group())
                continue
            if held[at] not in (10, 13):
                out.append(ESCAPES.get(held[at], held[at]))
            elif held[at : at + 2] == b"\r\n":
                at += 1
        else:
            depth += (each == ord("(")) - (each == ord(")"))
            if depth == 0:
                return bytes(out), at + 1
            out.append(each)
        at += 1
