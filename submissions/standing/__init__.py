"""How an underlag stands: its versions, what is missing, what changed. How it is shown is decided above."""
