"""Papers that go with letters and before bodies: Word templates filled in, ours or the municipality's own. No words of mails."""
