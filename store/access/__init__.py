"""What opens something: links, logins, codes, calendars' addresses, and how they are revoked. Rows and queries."""
