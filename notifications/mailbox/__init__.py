"""Mails that come in: fetched and read, whatever is in them. What becomes of them is decided above."""
