"""The operators' pages, under `/ops/`."""
