"""Handing letters over: SMTP, the Maildir, the outbox. It reads no letter and decides nothing about one."""
