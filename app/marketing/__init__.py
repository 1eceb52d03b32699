"""Copy for listings, notes and messages, each claim of which is traced to a fact of the catalogue."""
