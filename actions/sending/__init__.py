"""What the ekonomikontor sends by hand: a reminder now, a letter once more. What goes by itself is the ladder's."""
