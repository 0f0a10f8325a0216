"""What SIE 5 calls what SIE 4 has labels for, so that what is told names what stands in the file."""

import re

_CALLED = {
    "#FNAMN": "Company",
    "#IB": "OpeningBalance",
    "#KONTO": "Account",
    "#KTYP": "Account type",
    "#DIM": "Dimension",
    "#OBJEKT": "Object",
    "#OMFATTN": "lastCoveredDate",
    "#ORGNR": "organizationId",
    "#PBUDGET": "Budget",
    "#PSALDO": "ClosingBalance",
    "#RAR": "FiscalYear",
    "#RES": "ClosingBalance",
    "#TRANS": "LedgerEntry",
    "#UB": "ClosingBalance",
    "#VALUTA": "AccountingCurrency",
    "#VER": "JournalEntry",
}
_LABEL = re.compile(rf"({'|'.join(sorted(_CALLED, key=len, reverse=True))})\b( -?\d{{1,2}}\b)?")


def in_five(text: str) -> str:
    """Return a message with SIE 5's names in place of SIE 4's labels."""
    return _LABEL.sub(lambda found: _CALLED[found[1]] + (found[2] or "" if found[1] != "#RAR" else ""), text)
