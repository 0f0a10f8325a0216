"""Which words a spreadsheet would take for a formula, when they stand in a cell of a CSV or somebody edits the cell."""

#: what begins one (OWASP, CSV injection); the wide forms count too, as some languages' Excel turns them into the narrow
_SIGNS = tuple("=+-@") + tuple("\uff1d\uff0b\uff0d\uff20")
_HIDES = ("\t", "\r", "\n")  #: in front of one they are dropped, or begin a cell of their own


def begins_formula(text: str) -> bool:
    """Tell whether ``text`` begins so that a spreadsheet may calculate it; spaces in front do not help."""
    return text.startswith(_HIDES) or text.lstrip().startswith(_SIGNS)
