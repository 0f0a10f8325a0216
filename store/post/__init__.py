"""Letters, notices, what signers made of papers, and incoming mails as they are kept. Rows and queries."""
