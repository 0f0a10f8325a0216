"""``python -m app`` is ``arshjul``."""

from app.cli import main

main()
