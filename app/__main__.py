"""``python -m app`` is ``arshjul``."""

from app.commands.cli import main

main()
