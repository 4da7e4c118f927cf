"""The local helper: photos in over loopback HTTP, LUTs and retouched photos out; see docs/http-contract.md."""
