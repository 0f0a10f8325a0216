"""Names of files that people get: Swedish words, which every file system and mail program takes."""

import re
import unicodedata

LONGEST = 140  #: characters with the ending: Windows counts the folders too, to 260

#: what Windows allows in no name, and what ends or turns a line
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u0085\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def file_name(ending: str, *words: str) -> str:
    """Return ``Tjänsteskrivelse delårsrapport augusti 2027.docx``: the words with a blank between them.

    A sign that some file system takes in no name is a hyphen; å, ä and ö are one sign each, as Windows and Linux write
    them. What is too long loses its end, not its ending.
    """
    told = unicodedata.normalize("NFC", " ".join(" ".join(words).split()))
    told = _NOT_IN_NAMES.sub("-", told)[: LONGEST - len(ending) - 1].strip(" .")
    return f"{told or 'Fil'}.{ending}"


def in_ascii(filename: str) -> str:
    """Return a file's name for those who read no other: ``Tjansteskrivelse_delarsrapport_augusti_2027.docx``."""
    bare = (char for char in unicodedata.normalize("NFKD", filename) if not unicodedata.combining(char))
    return "".join(char if (char.isascii() and char.isalnum()) or char in "-_." else "_" for char in bare)
