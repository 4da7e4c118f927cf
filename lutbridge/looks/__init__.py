"""Photos through one LUT, and a picture of what it does."""
