"""The wheel: a definition turned into a year's days, moments and obligations. No IO, and no now."""
