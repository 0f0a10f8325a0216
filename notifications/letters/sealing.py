"""Sealed letters: as it lies with us a letter opens nothing; what opens something is put in when it is handed over.

Each link's token and each code is blotted out, sign by sign, in the letter's own bytes. The signs that were there go
into a header before all others, encrypted by a key made of the installation's secret. So the letter can be read by
anybody who may read it, and the whole of it, always the same bytes, is had with the secret alone.
"""

import hmac
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from notifications.letters.views.composed import Attachment, Composed
from notifications.post.post import PostError
from store.tokens import blotted, blotted_bytes

HEADER = b"X-Arshjul-Forseglat:"
_SEAL = re.compile(rb"X-Arshjul-Forseglat:((?:\r?\n [A-Za-z0-9+/=]+)+)\r?\n")
_UNLIKE = re.compile(rb"[^\0]+")
_RUN = struct.Struct(">II")  #: where the signs stood, and how many they were


class SealError(PostError):
    """A letter's seal does not open: it was written with another secret. Swedish, with the remedy."""


def blot(composed: Composed, words: Iterable[str] = ()) -> Composed:
    """Return the letter with every token, and each of ``words`` (a code), blotted out; each text as long as before."""
    forms = [re.compile(r"\s*".join(map(re.escape, word))) for word in words]  # a code is written with a space in it

    def out(text: str) -> str:
        for form in forms:
            text = form.sub(lambda found: re.sub(r"\S", "*", found[0]), text)
        return blotted(text)

    files = tuple(replace(file, content=_blotted_file(file)) for file in composed.attachments)
    return replace(composed, text=out(composed.text), html=out(composed.html), attachments=files)


def seal(whole: bytes, blotted_out: bytes, secret: bytes) -> bytes:
    """Return a letter to keep, of its bytes with and without what opens something; the same each time.

    Raises ValueError when the two differ in more than signs that were blotted out.
    """
    if whole == blotted_out:
        return whole
    if len(whole) != len(blotted_out):
        raise ValueError("a letter and its blotted copy must be of one length")
    signs = b"".join(_RUN.pack(at, len(run)) + run for at, run in _differences(whole, blotted_out))
    box = b64encode(_cipher(secret).encrypt(signs, [sha256(blotted_out).digest()]))
    lines = b"".join(b"\r\n " + box[at : at + 76] for at in range(0, len(box), 76))
    return HEADER + lines + b"\r\n" + blotted_out


def unsealed(kept: bytes, secret: bytes) -> bytes:
    """Return a letter as it is handed over. One without a seal is as it is. Raises SealError."""
    found = _SEAL.match(kept)
    if not found:
        return kept
    letter = bytearray(kept[found.end() :])
    try:
        box = b64decode(b"".join(found[1].split()))
        signs = _cipher(secret).decrypt(box, [sha256(letter).digest()])
    except (InvalidTag, ValueError):
        raise SealError(
            "Brevets länkar går inte att öppna: hemligheten (ARSHJUL_SECRET_FILE) är en annan än den som brevet skrevs "
            "med, eller brevet har ändrats. Lägg tillbaka den rätta hemligheten och starta om."
        ) from None
    place = 0
    while place < len(signs):
        at, length = _RUN.unpack_from(signs, place)
        place += _RUN.size
        letter[at : at + length] = signs[place : place + length]
        place += length
    return bytes(letter)


def edited(kept: bytes, edit: Callable[[bytes], bytes], secret: bytes) -> bytes:
    """Return a kept letter after an edit that leaves its form as it is; it still has its seal, where that opens."""
    try:
        return seal(edit(unsealed(kept, secret)), edit(without_seal(kept)), secret)
    except (SealError, ValueError):
        return edit(without_seal(kept))


def without_seal(kept: bytes) -> bytes:
    """Return a letter as it may be read by anybody who may read it: what opened something is blotted out."""
    found = _SEAL.match(kept)
    return kept[found.end() :] if found else kept


def _blotted_file(file: Attachment) -> bytes:
    return blotted_bytes(file.content) if file.media_type.startswith("text/") else file.content


def _differences(whole: bytes, blotted_out: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each run of signs in which two letters of one length differ, and where it begins."""
    differ = int.from_bytes(whole) ^ int.from_bytes(blotted_out)
    for run in _UNLIKE.finditer(differ.to_bytes(len(whole))):
        yield run.start(), whole[run.start() : run.end()]


def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(hmac.digest(secret, b"arshjul.letter", "sha512"))
