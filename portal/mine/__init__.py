"""The personal page: handing in, answering, wishing."""
