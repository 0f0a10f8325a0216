"""The page of the registers: mål, uppdrag, styrdokument and avvikelser, who has them, and how each stands."""
