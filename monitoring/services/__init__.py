"""What is done: collecting, evaluating, telling people, and what operators do by hand."""
