"""Colour science on arrays: the sRGB transfer, CIELAB, colour differences. Knows no files, LUTs or models."""
