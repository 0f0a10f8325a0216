"""The sheets (blad) of table parts as data: what stands on them, their rules, and those that ship with the project. No file is made or read here."""
