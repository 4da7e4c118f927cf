"""lutbridge: portrait retouching with basis 3D LUTs and pixel-adaptive weights.

Nothing heavy is imported here, so that ``lutbridge --help`` stays free of torch and numpy; the public door is
`lutbridge.retouch.Retoucher`.
"""

__version__ = "0.1.0"
