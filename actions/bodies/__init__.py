"""What is done before bodies: decisions, handing on and over, and what a definition would lead to there. What the ladder brings there by itself is the ladder's."""
