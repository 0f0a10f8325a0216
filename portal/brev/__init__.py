"""The letters as they went, and those of the trial mailbox."""
