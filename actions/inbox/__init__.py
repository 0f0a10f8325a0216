"""What becomes of a mail: sorted, taken in, or laid before a person. Reading it is notifications' part."""
