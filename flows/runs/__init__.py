"""The runs that Prefect shows: planned, named, carried out, drawn. Nothing is decided here."""
