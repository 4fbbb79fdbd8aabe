"""Everything that needs a GPU, by one command: `python -m benchmarks.gpu`. See `__main__`."""
