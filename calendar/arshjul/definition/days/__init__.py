"""How a definition says a day: rules, decided days, meetings, and for which years a thing holds. Nothing is resolved here."""
