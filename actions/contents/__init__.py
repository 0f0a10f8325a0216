"""What a handling holds, taken out of all that shows it: for good, or while it is withheld. Who may is decided above."""
