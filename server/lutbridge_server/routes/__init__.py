"""One file for each area of the contract."""
