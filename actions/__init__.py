"""Acts: what happens in one transaction because the ladder or a person wants it. No page, no flow, no SMTP here."""
