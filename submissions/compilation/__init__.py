"""The compilation (sammanställning) of what has come in."""
