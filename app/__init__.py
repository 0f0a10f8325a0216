"""Settings, wiring, commands and processes: the only place where everything is known to everything."""
