"""The enheter as a definition declares them: who owes something, and which of them are under which. No year is turned here."""
