"""What the ladder does by itself: rounds, the letter of the day, matters before KSAU, and how they end. No dates."""
