"""LUT files, one module a format."""
