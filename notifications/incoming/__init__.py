"""What comes to the mailbox, read purely: whose mail it is, which letter it answers, its files, and bounces."""
