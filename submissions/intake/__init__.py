"""Taking a part in: whether there is room, whose it is, what is found, what is kept. What a rule says of it is the review's."""
