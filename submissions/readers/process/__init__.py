"""The process that reads: apart, confined, within limits."""
