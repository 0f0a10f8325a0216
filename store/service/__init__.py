"""How the installation itself is carried: leases, runs, its settings. Rows and queries."""
