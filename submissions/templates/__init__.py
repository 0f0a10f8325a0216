"""The mallar that people fill in: made, marked and handed out. What was filled in is read by readers."""
