"""The wheel as a picture of its own, for the intranet, the wall and KF's handlingar: .svg, and .png drawn from it."""

import re
from functools import cache, lru_cache

import resvg_py

from arshjul.errors import ArshjulError
from portal.web.pages import STATIC

PNG_WIDTH = 3400  #: pixels: an A4 at about 290 dots an inch
_PART = re.compile(r"/\* Hjulet\. .*?\*/\n(.*?)/\* Hjulet på sidan \*/", re.DOTALL)
_LIGHT = re.compile(r":root \{(.*?)\}", re.DOTALL)
_PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USED = re.compile(r"var\((--[\w-]+)\)")
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><style>{}</style><g class="hjul">{}</g></svg>'


class NoFontError(ArshjulError, RuntimeError):
    """The machine has no font that can write Swedish, so that a picture would be without words."""

    def __init__(self) -> None:
        super().__init__(
            "Bilden kan inte ritas, för servern har inget typsnitt med å, ä och ö. Be den som sköter servern att "
            "installera ett, till exempel paketet fonts-liberation eller fonts-dejavu-core. Så länge går det att "
            "hämta bilden som .svg."
        )


@cache
def style() -> str:
    """Return the stylesheet's part on the wheel, in light colours and with the values written out.

    A picture that stands alone has no page to take properties from, and few that draw SVG know ``var()``.
    """
    sheet = (STATIC / "arshjul.css").read_text(encoding="utf-8")
    part, light = _PART.search(sheet), _LIGHT.search(sheet)
    if part is None or light is None:
        raise ValueError("arshjul.css has no part on the wheel, or no properties")
    values = dict(_PROPERTY.findall(light[1]))
    return _USED.sub(lambda used: values[used[1]], part[1]).strip()


@lru_cache(maxsize=4)
def png(svg: str, *, system_fonts: bool = True) -> bytes:
    """Draw a wheel's .svg as a PNG, :data:`PNG_WIDTH` pixels wide.

    Raises NoFontError where no font that the picture asks for, nor the machine's own choice, can write Swedish.
    """
    if not _writes_swedish(system_fonts):
        raise NoFontError
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PNG_WIDTH, skip_system_fonts=not system_fonts))


@cache
def _writes_swedish(system_fonts: bool) -> bool:
    """Tell whether each of å, ä and ö becomes a picture of its own, in every style that the wheel's words have."""
    return all(
        len({_probe(f'<text class="{name}" y="20">{letter}</text>', system_fonts) for letter in ("", *"åäö")}) == 4
        for name in ("label", "poster-text", "hub-small")
    ) and _probe('<text class="poster-title" y="25">å</text>', system_fonts) != _probe("", system_fonts)


def _probe(content: str, system_fonts: bool) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=_PROBE.format(style(), content), skip_system_fonts=not system_fonts))
