"""How an underlag stands: its versions, what is missing, what changed."""
