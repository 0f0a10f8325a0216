"""The page of what the year waits for: each händelse with what it starts, registered when it has happened and taken back."""
