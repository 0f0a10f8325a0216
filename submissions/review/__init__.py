"""A filled-in part under review: the case, the rulebook, the findings. The rules themselves lie in rules."""
