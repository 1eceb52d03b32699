"""The loop from what was said to a better model: data, and the registry that judges what was trained."""
