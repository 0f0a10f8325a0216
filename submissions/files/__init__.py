"""A file as bytes: its kind, its parts, what in it is active, whether a scanner lets it in. What it means to an enhet is not known here."""
