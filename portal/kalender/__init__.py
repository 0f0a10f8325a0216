"""The page and the feeds of the calendar."""
