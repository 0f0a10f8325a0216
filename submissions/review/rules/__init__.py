"""The rules, one noun each. A rule looks at a case and at nothing else."""
