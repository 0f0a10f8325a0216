"""The page of a tjänsteskrivelse before it goes: for the one who signs it."""
