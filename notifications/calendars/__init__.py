"""Calendar files: a frist to save, and a feed to subscribe to. Pure: bytes from values; who may have them is decided elsewhere."""
