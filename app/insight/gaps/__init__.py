"""Gaps in the knowledge base: found in questions that went wrong, drafted from agents' replies, reviewed, published."""
