"""The page of one underlag, with its time line."""
