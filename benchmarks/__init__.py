"""How fast it is, side by side; `make bench` writes benchmarks/RESULTS.md, `make proofs` runs the full sizes."""
