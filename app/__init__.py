"""Settings, wiring, commands and processes: the only place where everything is known to everything."""

import gc

# A process starts by importing two hundred thousand objects that stay. By Python's own measure, every 700 of them, they
# are looked through for garbage hundreds of times, which is a fifth of a command's start.
gc.set_threshold(100_000, 10, 10)
