"""The mallar that people fill in."""
