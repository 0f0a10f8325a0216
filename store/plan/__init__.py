"""The plan's rows: obligations, decisions, meetings, matters, silences. Rows and queries."""
