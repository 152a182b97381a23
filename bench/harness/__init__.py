"""The side-by-side benchmarks. `bench/run` is the entry; start reading at `engines.py`."""
