"""Order picking on foot: which orders to collect together, and which way to walk for them."""
