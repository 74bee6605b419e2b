"""`manage.py provision`: creates what the apps declare and AWS does not have yet.

Every step can be repeated: what exists is left or brought to what is declared, so a run that was
cut short is mended by the next one. Nothing is ever deleted here.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aws.provisioning import buckets, keys, queues, state_machines, streams, tables, topics
from aws.provisioning.discovery import app_provisioners, import_declarations
from aws.resources import Activity, Bucket, Queue, StateMachine, Stream, Table, Topic, declared

Step = Callable[[], list[str]]
_PARALLEL = 8


def provision() -> list[str]:
    """Creates everything that is missing; says what it created, such as `table txhub-accounts`."""
    import_declarations()
    created = _in_parallel(
        [
            keys.ensure_storage_key,
            *(partial(topics.ensure, topic) for topic in declared(Topic)),
            *(partial(state_machines.ensure_activity, each) for each in declared(Activity)),
        ]
    )
    existing = tables.existing_names()
    created += _in_parallel(
        [
            *(partial(tables.ensure, table, existing) for table in declared(Table)),
            *(partial(queues.ensure, queue) for queue in declared(Queue)),
            *(partial(streams.ensure, stream) for stream in declared(Stream)),
            *(partial(state_machines.ensure, each) for each in declared(StateMachine)),
        ]
    )
    # A bucket checks that it may publish to its topic, so the topics' policies stand before it.
    created += _in_parallel(partial(buckets.ensure, bucket) for bucket in declared(Bucket))
    for app_provisioner in app_provisioners():
        created += app_provisioner()
    return created


def _in_parallel(steps: Iterable[Step]) -> list[str]:
    """Runs all of them; raises the first error after the others have ended."""
    with ThreadPoolExecutor(_PARALLEL) as pool:
        under_way = [pool.submit(step) for step in steps]
    return [name for each in under_way for name in each.result()]
