"""A letter's tree as html that mail readers show alike: tables for layout, styles inline, nothing fetched.

Every surface names both its colours, so that a dark mode which turns them turns both. See ``letter_text`` for
the tree.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from textwrap import shorten
from xml.etree.ElementTree import Element

from arshjul.line_ends import pieces, seamed
from notifications.letters.text import unbroken, words

FONT = "font-family:'Segoe UI',Calibri,Arial,sans-serif"
INK, QUIET, PAPER, DESK, DEEP, LINE = "#1c2430", "#51606f", "#ffffff", "#eef1f4", "#163a5f", "#d5dce3"
PREVIEW = 140  #: characters
TONES = {  #: colour of the words, of the surface and of the edge
    "late": ("#7d1420", "#fdeced", "#b3202f"),
    "soon": ("#6b4300", "#fff4de", "#d18700"),
    "calm": ("#123f66", "#e8f1f8", "#2f7ab5"),
    "done": ("#17512f", "#e8f5ec", "#2f8f55"),
}
#: where :func:`with_banner` puts its words: the first thing in the letter
TOP = "<!-- brevets början -->"

#: what is typed as it stands in a command: a line that ended at one of its hyphens would say something else
_TYPED = re.compile(r"(?<![\w-])--[a-zåäö][\w-]*|ÅÅÅÅ-MM-DD|\b[Ee]-post\w*")
#: an address that a line may end inside stands on a line of its own first, where it fits there
_WHOLE = re.compile(r"[^\s<>]*(?:<wbr>[^\s<>]*)+")

_PAGE = """<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background-color:{desk};color:{ink};overflow-wrap:break-word;hyphens:auto;">
<div style="display:none;max-height:0;max-width:0;overflow:hidden;mso-hide:all;">{preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="{desk}" \
style="background-color:{desk};">
<tr><td align="center" style="padding:16px 8px;">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="{paper}" \
style="max-width:640px;background-color:{paper};color:{ink};border:1px solid {line};text-align:left;{font};\
font-size:16px;line-height:24px;">
<tr><td bgcolor="{deep}" style="background-color:{deep};color:#ffffff;padding:14px 20px;font-size:15px;\
line-height:20px;"><span style="color:#ffffff;"><strong>{sender}</strong></span></td></tr>
<tr><td bgcolor="{paper}" style="background-color:{paper};color:{ink};padding:22px 20px 26px 20px;">
{top}
{content}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
"""


def to_html(letter: Element, *, title: str, sender: str) -> str:
    """Return the letter as a whole html document. ``sender`` stands in its head, unseen before it what a telephone shows."""
    return _PAGE.format(
        title=escape(title), preview=escape(preview(letter)), sender=escape(sender), top=TOP, content="\n".join(map(_block, letter)),
        font=FONT, ink=INK, paper=PAPER, desk=DESK, deep=DEEP, line=LINE,
    )  # fmt: skip


def preview(letter: Element) -> str:
    """Return what a list of letters shows beside the subject: the first paragraph, or what it announces."""
    paragraphs = letter.findall("p")
    told = next((each for each in paragraphs if each.get("class") == "lead"), None)
    first = told if told is not None else next(iter(paragraphs), None)
    said = words(first) if first is not None else ""
    item = letter.find("ul/li") if said.endswith(":") else None
    return shorten(words(item) if item is not None else said, PREVIEW, placeholder=" …")


def with_banner(html: str, banner: Element) -> str:
    """Return a document of :func:`to_html` with ``banner``'s blocks before everything else."""
    head, top, rest = html.partition(TOP)
    if not top:
        raise ValueError("html that to_html did not make has no place for a banner")
    return head + top + "\n" + "\n".join(map(_block, banner)) + rest


def _block(block: Element) -> str:
    return _BLOCKS[block.tag](block)


def _inline(element: Element) -> str:
    return "".join(_pieces(element)).strip()


def _pieces(element: Element) -> Iterator[str]:
    yield _text(element.text)
    for child in element:
        yield _INLINE[child.tag].format(_inline(child), href=escape(_address(child)), quiet=QUIET, ink=DEEP)
        yield _text(child.tail)


_INLINE = {
    "b": "<strong>{0}</strong>",
    "small": '<span style="color:{quiet};font-size:14px;">{0}</span>',
    "code": "<code style=\"font-family:Consolas,'Courier New',monospace;font-size:13px;overflow-wrap:anywhere;\">"
    "{0}</code>",
    "br": "<br>",
    "a": '<a href="{href}" style="color:{ink};">{0}</a>',
}


def _address(link: Element) -> str:
    """Return where a link leads. Raises ValueError for anything but the web: no script, no file."""
    href = link.get("href", "")
    if link.tag in ("a", "button") and not href.startswith(("https://", "http://")):
        raise ValueError(f"'{href}' is no web address")
    return href


def _text(said: str | None) -> str:
    if not said:
        return ""
    shown = unbroken(" ".join(f".{said}.".split())[1:-1])  # the dots keep the spaces at its ends
    text = "<wbr>".join(escape(each, quote=False) for each in pieces(shown))
    text = _WHOLE.sub(r'<span style="display:inline-block;">\g<0></span>', text)
    return _TYPED.sub(r'<span style="white-space:nowrap;">\g<0></span>', text)


def _heading(level: int, style: str) -> Callable[[Element], str]:
    return lambda block: f'<h{level} style="margin:{style};color:{DEEP};{FONT};">{seamed(_inline(block))}</h{level}>'


def _paragraph(block: Element) -> str:
    size = {"lead": "font-size:18px;line-height:26px;", "small": f"font-size:14px;line-height:20px;color:{QUIET};"}
    return f'<p style="margin:0 0 14px 0;{size.get(block.get("class", ""), "")}">{_inline(block)}</p>'


def _status(block: Element) -> str:
    ink, surface, edge = TONES[block.attrib["tone"]]
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px 0;"><tr>'
        f'<td bgcolor="{surface}" style="background-color:{surface};color:{ink};border-left:4px solid {edge};'
        f'padding:5px 12px;font-size:15px;line-height:22px;"><strong>{_inline(block)}</strong></td></tr></table>'
    )


def _facts(block: Element) -> str:
    rows = "".join(
        f'<tr><th scope="row" align="left" valign="top" style="padding:5px 12px 5px 0;color:{QUIET};'
        f'font-weight:normal;font-size:15px;border-bottom:1px solid {LINE};width:96px;">'
        f"{escape(fact.attrib['name'])}</th>"
        f'<td valign="top" style="padding:5px 0;border-bottom:1px solid {LINE};'
        f'overflow-wrap:break-word;">{_inline(fact)}</td></tr>'
        for fact in block
    )
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:0 0 16px 0;border-top:1px solid {LINE};{FONT};font-size:16px;line-height:22px;">{rows}</table>'
    )


def _list(block: Element) -> str:
    items = "".join(f'<li style="margin:0 0 8px 0;overflow-wrap:break-word;">{_inline(item)}</li>' for item in block)
    return f'<ul style="margin:0 0 16px 0;padding:0 0 0 22px;">{items}</ul>'


def _table(block: Element) -> str:
    def cell(each: Element) -> str:
        style = f"padding:6px 10px 6px 0;border-bottom:1px solid {LINE};overflow-wrap:break-word;"
        if each.tag == "th":
            return f'<th scope="col" align="left" valign="bottom" style="{style}color:{QUIET};">{_inline(each)}</th>'
        return f'<td valign="top" style="{style}">{_inline(each)}</td>'

    rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in block)
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:0 0 18px 0;{FONT};font-size:15px;line-height:21px;">{rows}</table>'
    )


def _button(block: Element) -> str:
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:4px 0 12px 0;"><tr>'
        f'<td bgcolor="{DEEP}" style="background-color:{DEEP};border-radius:4px;padding:12px 22px;">'
        f'<a href="{escape(_address(block))}" style="color:#ffffff;text-decoration:none;font-size:17px;">'
        f'<strong style="color:#ffffff;">{_inline(block)}</strong></a></td></tr></table>'
    )


def _foot(block: Element) -> str:
    lines = "<br>".join(_inline(line) for line in block)
    return (
        f'<p style="margin:24px 0 0 0;padding:14px 0 0 0;border-top:1px solid {LINE};color:{QUIET};'
        f'font-size:14px;line-height:20px;">{lines}</p>'
    )


_BLOCKS: dict[str, Callable[[Element], str]] = {
    "h1": _heading(1, "0 0 14px 0;font-size:24px;line-height:30px"),
    "h2": _heading(2, "26px 0 8px 0;font-size:19px;line-height:25px"),
    "h3": _heading(3, "0 0 6px 0;font-size:16px;line-height:22px"),
    "p": _paragraph,
    "status": _status,
    "facts": _facts,
    "ul": _list,
    "table": _table,
    "button": _button,
    "foot": _foot,
}
