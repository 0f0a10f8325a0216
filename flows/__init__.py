"""What Prefect runs and shows. No rule of its own."""
