"""The page of what is kept and what is gallrat."""
