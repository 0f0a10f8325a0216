"""Letters as they are written, frozen and sealed. Who gets one and when is decided above."""
