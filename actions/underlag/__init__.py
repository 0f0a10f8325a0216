"""What is done with an underlag: receipts, sent back, asked about, taken away, gallrat. No checking of contents."""
