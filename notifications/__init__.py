"""Letters: written, sealed, handed over and taken in. Who gets one, and when, is decided above."""
