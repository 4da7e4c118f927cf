"""The shipped models: safetensors files, their model cards and index.json with their digests."""
