"""What confidence is worth: outcomes of known questions, and the threshold that keeps errors rare."""
