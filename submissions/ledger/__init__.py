"""Ledgers (bokföring): a SIE file taken in, its rows, and what it changes for those who have handed in. How SIE is read is sie's."""
