"""Rendering strips of a photo through a network: plain torch is the reference, on the CPU and on CUDA."""
