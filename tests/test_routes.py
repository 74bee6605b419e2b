"""Which queue a task waits in."""

import pytest
from celery.app.routes import MapRoute

from config.celery import QUEUES, ROUTES, app

OURS = ("txhub.", "cart.", "sensors.", "identity.")


@pytest.fixture
def tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if name.startswith(OURS)}


class TestRoutes:
    def test_name_tasks_that_there_are(self, tasks: set[str]) -> None:
        route = MapRoute(app.conf.task_routes)
        routed = {name for name in tasks if route(name)}
        assert {name for name in ROUTES if "*" not in name} <= routed
        assert any(name.startswith("cart.") for name in routed)

    def test_keep_chunks_and_files_from_waiting_behind_each_other(self, tasks: set[str]) -> None:
        assert {"txhub.run_chunk", "txhub.run_file"} <= tasks
        assert ROUTES["txhub.run_chunk"] != ROUTES["txhub.run_file"]

    def test_lead_to_queues_that_workers_listen_to(self, tasks: set[str]) -> None:
        for name in tasks:
            assert app.amqp.router.route({}, name)["queue"].name in QUEUES
