"""Stock, picking and delivery: what to order, how to walk, how to drive, and what free-text notes ask for."""
