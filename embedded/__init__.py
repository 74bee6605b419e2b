"""The embedded place: AWS and Redis as local child processes, and the supervisor of `make demo`.

For development, trials and tests. The application does not know it; it meets this place through
the standard AWS variables, `REDIS_URL` and `DATABASE_URL`, as it meets any other.
"""
