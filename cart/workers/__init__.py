"""What processes of `manage.py saga_worker` do: take the tasks of the check-out's state machine,
and answer them."""
