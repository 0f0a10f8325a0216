"""SIE 5 files (XML): the same ledger, read out of elements. No signature is verified here."""
