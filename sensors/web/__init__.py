"""The sensors' pages."""
