"""The year drawn as a wheel."""
