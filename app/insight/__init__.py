"""What the service achieved, and what its knowledge lacks: published numbers and the gaps behind declined questions."""
