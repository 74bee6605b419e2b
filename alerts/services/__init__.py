"""What changes: one function a use-case."""
