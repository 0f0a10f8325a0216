"""The pages of the bodies and their meetings."""
