"""One look in every installed program: `programs` runs them, `compare` says how much each differs and
why, `sheet` draws them side by side."""
