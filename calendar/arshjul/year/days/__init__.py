"""When: the days and periods that a definition gives a step, from rules, meetings, decided days and what has happened. No obligation."""
