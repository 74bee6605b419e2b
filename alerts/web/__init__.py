"""The alerts' pages."""
