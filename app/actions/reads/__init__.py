"""Actions that look something up."""
