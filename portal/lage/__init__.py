"""The page of how it stands: the board, and the letters as a whole."""
