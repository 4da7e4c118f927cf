"""Several takes of one shoot, made to match: what they show in common decides, and each stays near its own look."""
