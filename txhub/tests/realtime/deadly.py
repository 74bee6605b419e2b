"""`manage.py listen` that ends itself with SIGKILL at one place: `TXHUB_DIE_AT`, as for workers."""

import sys

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    django.setup()
    from txhub.tests.batch.deadly import arm

    arm()
    execute_from_command_line(["manage.py", "listen", *sys.argv[1:]])
