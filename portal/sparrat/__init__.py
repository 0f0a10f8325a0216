"""The pages of what is withheld."""
