"""Photos through a network: plain torch is the reference, and renders on CUDA; a fused kernel renders on the CPU."""
