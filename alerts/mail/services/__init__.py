"""What can be done with mail: one module a use-case."""
