"""The alerts' part of the API under `/api/v1/`."""
