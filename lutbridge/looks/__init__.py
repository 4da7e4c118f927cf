"""Photos through one LUT, and pictures of its effect."""
