"""The tables of monitoring; entity and item side by side."""
