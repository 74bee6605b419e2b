"""The engine and Redis alone, until SIGTERM: what `manage.py engine start` leaves running."""

import os
import sys
from pathlib import Path

from embedded.console import Ears, StopAsked, say
from embedded.demo import ROOT, supervised
from embedded.place import Layout
from embedded.places import owning
from kernel.errors import HubError


def main() -> int:
    ears = Ears()
    layout = Layout(var=Path(os.environ.get("TXHUB_VAR_DIR", ROOT / "var")))
    try:
        with owning(layout.var, say), supervised(layout, ears) as supervisor:
            supervisor.watch()
    except StopAsked:
        return 0
    except HubError as error:
        say(error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
