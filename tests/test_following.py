"""An id leads through the logs: a check-out's from the request that began it over the stream
handlers that went on with it, whichever service they are of; a file's from its job over its chunks
to the handlers that took up what they stored."""

import logging.config
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from django.conf import settings
from django.test import override_settings

from alerts.consumers import LookTwice
from alerts.tests.bank import a_bank
from aws.streams import Change, Kind
from cart.checkouts import REPOSITORIES
from cart.conf import Variant
from cart.consumers import HANDLERS, Reaction
from cart.domain.purchases import Purchase
from cart.domain.saga import Service
from cart.operations import checkout
from cart.tests.ledger import is_open
from cart.tests.shop import new_product
from cart.tests.test_api import Caller, put_on_sale
from config.logs import structured_logging
from identity.tests.people import new_person
from kernel.clock import utc_now
from monitoring.log_lines import Line, Wanted, search
from txhub.batch.models import ChunkExecution
from txhub.consumers import Summaries
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest

_ROUNDS_MAX = 12


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """Where everything that is logged lies, as a deployment keeps it."""
    as_kept = structured_logging(as_json=True, level="INFO", folder=str(tmp_path))
    logging.config.dictConfig(as_kept)
    with override_settings(LOG_DIR=str(tmp_path)):
        yield tmp_path
    logging.config.dictConfig(settings.LOGGING)


def begun() -> str:
    """A check-out that a customer asked for on the API."""
    bob, cup = Caller(new_person("Bob")), put_on_sale(new_product(5))
    cart = bob.put(f"cart/items/{cup}", {"quantity": 2}, If_Match=bob.get("cart")["ETag"])
    answer = bob.post("cart/checkout", {}, If_Match=cart["ETag"], Idempotency_Key=token_hex(8))
    assert answer.status_code == 202
    return str(answer.json()["id"])


def carried_on(purchase: Purchase) -> None:
    """What the stream's handlers do about what each service's record says, until it has ended."""
    reactions = [each() for each in HANDLERS[Variant.CHOREOGRAPHED]]
    for _round in range(_ROUNDS_MAX):
        for each in reactions:
            assert isinstance(each, Reaction)
            source = next(s for s, r in REPOSITORIES.items() if r.table is each.source)
            news = news_of(source, purchase)
            if news is not None:
                each.handle([news])
        if not is_open(purchase):
            return
    raise AssertionError("the check-out has not ended")


def news_of(service: Service, purchase: Purchase) -> Change | None:
    key = purchase.customer_id if service is Service.CARTS else purchase.checkout_id
    repository = REPOSITORIES[service]
    item = repository.get(key, consistent=True)
    if item is None:
        return None
    return Change(
        table=repository.table.name,
        key={"pk": key},
        kind=Kind.INSERTED,
        old=None,
        new=item,
        sequence="1",
        at=utc_now(),
    )


def lines_of(wanted: str) -> list[Line]:
    now = utc_now()
    minute = timedelta(minutes=1)
    return search(Wanted(since=now - minute, until=now + minute, id=wanted)).lines


@pytest.mark.usefixtures("logs")
@pytest.mark.django_db
class TestACheckout:
    def test_is_followed_from_its_request_through_every_service(self) -> None:
        purchase = checkout(begun())
        carried_on(purchase)
        found = lines_of(purchase.checkout_id)
        (request,) = [each for each in found if each.event == "request_finished"]
        assert "cart/checkout" in request.fields["request"]
        actions = {each.fields["action"] for each in found if each.event == "saga_action"}
        services = {action.partition(".")[0] for action in actions}
        assert services == {"orders", "stock", "payments", "carts"}
        assert "carts.commit" in actions


@pytest.mark.usefixtures("logs")
@pytest.mark.django_db(transaction=True)
class TestAFile:
    def test_is_followed_from_its_job_to_what_the_streams_made_of_it(self, tmp_path: Path) -> None:
        with a_bank() as bank:
            job = ingest(card_file(tmp_path, card_rows(20)))["job"]
            changes = bank.changes()
            for handler in (Summaries(), LookTwice()):
                handler.handle(changes)
        of_job = lines_of(job)
        assert {each.event for each in of_job} == {"job_begun", "step_ended", "job_ended"}
        (chunk,) = ChunkExecution.objects.filter(file__instance=job)
        assert chunk.pk in {each.fields.get("step") for each in of_job}
        of_chunk = {each.event for each in lines_of(chunk.pk)}
        assert of_chunk == {"step_ended", "changes_summed_up", "changes_looked_at"}
