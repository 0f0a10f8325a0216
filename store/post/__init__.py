"""Letters, notices and incoming mails as they are kept. Rows and queries."""
