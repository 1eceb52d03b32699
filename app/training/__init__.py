"""Fitting what kefu learns from data: each fit reads a labelled file and writes a small text file."""
