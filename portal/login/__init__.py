"""Logging in: by a mailed link or the municipality's own provider."""
