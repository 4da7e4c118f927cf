"""Colour science on arrays: the sRGB transfer, CIELAB, colour differences, ICC profiles. Knows no files or models."""
