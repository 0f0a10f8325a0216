"""What has happened, as rows, and the queries that ask for it. No rule lives here, and no SQL anywhere else."""
