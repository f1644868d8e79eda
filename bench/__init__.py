"""Measurements: one file a benchmark, run by `make bench`; what each measures is in README.md."""
