"""What the templates see: plain values, already decided. Templates decide nothing and read no clock."""
