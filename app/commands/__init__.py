"""The command line: each parses what is written, calls one act, and tells what came of it. No rule here."""
