"""Matches several takes of one shoot by their shared content, and keeps each close to its own look."""
