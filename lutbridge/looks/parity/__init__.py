"""One look through every program that is installed here: `programs` runs them, `compare` says how far each is off and
why, `sheet` draws them beside each other."""
