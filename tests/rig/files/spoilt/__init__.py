"""Careful underlag with one thing spoilt in each: a checklist of what must be found, by what it is about."""
