"""The network of "Learning Pixel-Adaptive Weights for Portrait Photo Retouching" and its files.

Shape letters: B photos, N basis LUTs, M grid size, k context window, S thumbnail size, H × W pixels.
"""
