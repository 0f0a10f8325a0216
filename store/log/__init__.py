"""The log: written, chained, searched, and who acted. Rows are only added."""
