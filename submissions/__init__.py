"""What is handed in: read, checked, kept and compiled. It writes to nobody."""
