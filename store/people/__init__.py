"""Who holds which role, and who stands in. Rows and queries."""
