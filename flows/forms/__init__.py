"""The ekonomikontor's forms in Prefect: they parse and call an act. No rule."""
