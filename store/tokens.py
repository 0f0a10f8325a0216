"""The form of what opens something here: tokens of links, calendars and logins, so that each is known and hidden anywhere.

A token is hidden by its own form, not by the address around it: mail programs wrap addresses (Safe Links, urldefense),
encode them (``%2Fl%2F``, ``=2E``, ``&#46;``, base64) and break them over lines.
"""

import re
from base64 import b64encode
from binascii import Error, a2b_base64
from collections.abc import Callable
from typing import AnyStr

#: how a login's token begins. A link's and a calendar's begin as a signed JSON list does, ``["`` in base64
LOGIN_MARK = "arshjulin"
HIDDEN = "***"
DEPTH = 4  #: so many layers of base64, in each other, are looked through
SHORTEST = 52  #: signs; no token is shorter

#: what may stand between two signs of one token: a line's end (as QP writes it, as a reply quotes it, as JSON writes
#: it), a place to break, and the other half of a sign of UTF-16
_BREAK = r"(?:=?[ \t]{0,40}\r?\n[ \t>|]{0,80}|\\[rn]|<wbr ?/?>|&shy;|\x00)"
_BETWEEN = rf"(?>{_BREAK}{{0,8}})"
_SIGN = r"(?>[%=-](?:25){0,3}(?:2[Dd]|5[Ff])|&#(?:45|95);|[A-Za-z0-9_-])"
_DOT = r"(?>[%=](?:25){0,3}2[Ee]|&#46;|\.)"
_SIGNS = rf"(?:{_BETWEEN}{_SIGN})"
#: every run of signs is taken whole, once, and never looked back into: no text, however made, makes the search slow
_RUN = rf"(?P<run>[A-Za-z0-9_-](?:[A-Za-z0-9_-]++|{_SIGNS})++)(?P<signature>{_BETWEEN}{_DOT}{_SIGNS}{{43}}+)?+"
_LINK_BEGINS = rf"W{_BETWEEN}y{_BETWEEN}[IJ]"
_LOGIN = rf"{_BETWEEN.join(LOGIN_MARK)}{_SIGNS}{{43}}+"
_LOGIN_MAY_BE = _BETWEEN.join(LOGIN_MARK[-5:])  #: what each login's token has, and begins with a rarer sign than it
_PIECE = rf"({_BREAK})|."

_BASE64 = re.compile(rb"^[A-Za-z0-9+/]{4,}+(?:[ \t]*\r?\n[A-Za-z0-9+/]++)*+={0,2}", re.MULTILINE)


def without_tokens(text: str) -> str:
    """Return text with every token hidden, short."""
    return _hide_text(text, lambda _: HIDDEN)


def blotted(text: str) -> str:
    """Return text with every token blotted out sign by sign: as long as before, broken where it was."""
    return _hide_text(text, lambda token: _TEXT_PIECE.sub(lambda piece: piece[1] or "*", token))


def blotted_bytes(content: bytes, depth: int = DEPTH) -> bytes:
    """Return bytes (a mail, as it came) with every token blotted out, also inside base64; as long as before.

    Nothing is taken apart, so that no mail can harm whoever calls this.
    """
    content = _hide_bytes(content, lambda token: _BYTES_PIECE.sub(lambda piece: piece[1] or b"*", token))
    return _BASE64.sub(lambda found: _blotted_base64(found[0], depth), content) if depth else content


def _hider(form: Callable[[str], re.Pattern[AnyStr]]) -> Callable[[AnyStr, Callable[[AnyStr], AnyStr]], AnyStr]:
    """Return what hides each token in text or in bytes by what a function makes of it; ``form`` makes the patterns."""
    run, begins, login, login_may_be = form(_RUN), form(_LINK_BEGINS), form(_LOGIN), form(_LOGIN_MAY_BE)

    def hide(content: AnyStr, by: Callable[[AnyStr], AnyStr]) -> AnyStr:
        if len(content) < SHORTEST:
            return content
        if login_may_be.search(content):
            content = login.sub(lambda found: by(found[0]), content)
        pieces: list[AnyStr] = []
        done = place = 0
        while begin := begins.search(content, place):
            found = run.match(content, begin.start())
            place = found.end("run") if found else begin.end()
            if found and found["signature"] is not None:  # what nothing signs opens nothing
                pieces += [content[done : begin.start()], by(found[0])]
                done = place = found.end()
        pieces.append(content[done:])
        return content[:0].join(pieces)

    return hide


_hide_text = _hider(re.compile)
_hide_bytes = _hider(lambda pattern: re.compile(pattern.encode()))
_TEXT_PIECE, _BYTES_PIECE = re.compile(_PIECE, re.DOTALL), re.compile(_PIECE.encode(), re.DOTALL)


def _blotted_base64(run: bytes, depth: int) -> bytes:
    if len(run) < SHORTEST:
        return run
    signs = b"".join(run.split())
    try:
        inside = a2b_base64(signs[: len(signs) // 4 * 4])
    except Error:
        return run
    blotted_inside = blotted_bytes(inside, depth - 1)
    if blotted_inside == inside:
        return run
    anew = iter(b64encode(blotted_inside))  # as long as before, so every line keeps its length
    return bytes(sign if sign in b" \t\r\n" else next(anew, sign) for sign in run)
