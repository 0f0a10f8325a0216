"""What people have handed in, and what was made of it. Rows and queries."""
