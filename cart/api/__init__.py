"""The shop's part of the API under `/api/v1/`."""
