"""Benchmarks: `make bench`, or one of them with `make bench B=ingest`.

Each compares its sides in one run, on an engine of its own, and leaves var/bench/<name>.json.
"""
