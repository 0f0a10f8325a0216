"""The page of who holds which role."""
