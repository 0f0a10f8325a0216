"""What a municipality keeps lists of, to be reported on: mål, särskilda uppdrag, styrdokument; and what opens a händelse by itself. What has become of an entry is the store's."""
