"""The registerutdrag: all that the service holds of one person, as a paper and as JSON."""
