"""Photos through a network: plain torch is the reference; fused kernels render, Numba on the CPU, Triton on CUDA."""
