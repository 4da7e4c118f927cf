"""Losses, the training loop and the runs that made the shipped weights."""
