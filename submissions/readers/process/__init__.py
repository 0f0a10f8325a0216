"""The process that reads: apart, confined, within limits. What is looked for is the readers'."""
