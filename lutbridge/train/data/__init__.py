"""Photos for training and evaluation: openly licensed finished portraits, PPR10K's layout, synthetic takes."""
