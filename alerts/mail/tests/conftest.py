from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from alerts.mail.tests.sink import Sink


@pytest.fixture
def sink(settings: Any) -> "Iterator[Sink]":
    """Where this test's mails go."""
    from alerts.mail.services.post import post_office
    from alerts.mail.tests.sink import running_sink, settings_for
    from alerts.mail.transports import _made

    with running_sink() as running:
        settings.MAIL = settings_for(running, part_mails=8, group_mails=4)
        for kept in (post_office, _made):  # a process's own; each test has a sink of its own
            kept.cache_clear()
        yield running
    for kept in (post_office, _made):
        kept.cache_clear()
