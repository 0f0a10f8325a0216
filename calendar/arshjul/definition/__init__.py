"""What a municipality has written down: the model, and its file read with every fault. No year is turned here."""
