"""Every test run has its own engine, Redis and database under `var/test-*`, never a running demo's.

They start in under a second, before Django reads its settings: the settings module is therefore
named here and not in `pyproject.toml`. Tests share one provisioned engine and isolate themselves
by fresh random ids; nobody wipes a table.
"""

import os
import shutil
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from embedded.servers import Servers

ROOT = Path(__file__).parent
_place = pytest.StashKey[Path]()
_servers = pytest.StashKey[Servers]()
hypothesis_settings.register_profile("txhub", deadline=None)  # no test asserts a time
hypothesis_settings.load_profile("txhub")
_PURE = (ROOT / "kernel",)  # nothing below asks for an engine
# These take a minute and more: begun first, none of them is what all other processes wait for. The
# very first reads all that its engine and Redis hold, which is least now.
_LONG = (
    "tests/test_nothing_in_the_clear.py",
    "cart/tests/test_simulation.py",
    "txhub/tests/batch/test_killed_workers.py",
    "cart/tests/test_journeys.py",
    "tests/browser/test_quality.py",
    "tests/browser/test_shop.py",
    "tests/browser/test_statements.py",
    "txhub/tests/batch/test_full_memo.py",
    "aws/tests/streams/test_losses.py",
    "tests/test_demo.py",
    "txhub/tests/realtime/test_killed_listeners.py",
    "txhub/tests/test_storing_histories.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if _only_hands_out(config):
        return
    if config.option.collectonly or config.option.help:
        place, servers = ROOT / "var" / "test-none", None
    else:
        (ROOT / "var").mkdir(exist_ok=True)
        place = config.stash[_place] = Path(tempfile.mkdtemp(prefix="test-", dir=ROOT / "var"))
        (place / "static").mkdir()  # WhiteNoise warns where it is missing
        _keep_temporary_files_in(place / "tmp", config)
        servers = config.stash[_servers] = Servers.start(place, keep=False)
    _point_django_at(place, servers)
    from django.conf import settings

    assert settings.DATABASES  # reads the settings; pytest-django sets the rest up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; `--no-loadscope-reorder` has them handed out in this order."""
    ranks = {ROOT / path: rank for rank, path in enumerate(_LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))  # stable: all others as they lie


def _only_hands_out(config: pytest.Config) -> bool:
    """Whether the tests run in other processes (`-n 2`), each of which has a place of its own."""
    return bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")


def _keep_temporary_files_in(folder: Path, config: pytest.Config) -> None:
    """A test run writes nothing outside the tree, and two runs at a time do not meet."""
    folder.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    config.option.basetemp = config.option.basetemp or str(folder / "pytest")


def _point_django_at(place: Path, servers: Servers | None) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # whoever's they are, no test may meet them
    os.environ |= servers.environment() if servers else {}
    os.environ |= {
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{place}/db.sqlite3",
        "SECRET_KEY": "for-tests-only-" + "x" * 40,
        "TXHUB_VAR_DIR": str(place),
        "TXHUB_PREFIX": "test",
        "HASHED_STATIC": "0",
        "LOG_FORMAT": "console",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    if _servers in config.stash:
        config.stash[_servers].kill()  # nothing of it is kept, so nothing needs saving
    if _place in config.stash:
        shutil.rmtree(config.stash[_place], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _provisioned(request: pytest.FixtureRequest) -> None:
    """Tables, buckets, topics, queues, keys and the user pool, created once for the whole run."""
    from django.core.management import call_command, get_commands

    paths = [item.path for item in request.session.items]
    if all(path.is_relative_to(pure) for path in paths for pure in _PURE):
        return
    if "provision" in get_commands():
        call_command("provision", stdout=StringIO())


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database is the file that `DATABASE_URL` names: worker processes see it too."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        database["TEST"] = {**database.get("TEST", {}), "NAME": database["NAME"]}


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The engine and the two Redis servers of this run, for tests that disturb or read them."""
    return request.config.stash[_servers]
