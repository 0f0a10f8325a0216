"""The page of the ledger files."""
