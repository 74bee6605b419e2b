#!/usr/bin/env python
"""The project's command line: `manage.py help` lists the commands."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from kernel.errors import HubError

    try:
        execute_from_command_line(sys.argv)
    except HubError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{error.message} ({error.code})")
