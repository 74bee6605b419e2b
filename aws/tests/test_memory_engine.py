"""The engine in memory answers as the embedded engine does, whatever is asked of them."""

from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws.dynamodb import Attr, Change, Check, ConditionBase, Delete, Key, Put, Update, transact
from aws.dynamodb.attributes import decode_item
from aws.dynamodb.repository import Repository
from aws.provisioning.tables import ensure, existing_names
from aws.resources import Index, Table
from aws.streams.shards import From
from aws.streams.table_stream import TableStream
from aws.tests.memory import MemoryEngine, in_memory
from kernel.clock import utc_now
from kernel.errors import Conflict


class ScratchTable(Table):
    """A table of these tests alone: `provision` and `infra/` know nothing of it."""


TRACES = ScratchTable(
    name="traces",
    purpose="What the two engines are compared on.",
    indexes=(Index(name="by_o", answers="what is open?", partition_key="o", sort_key="d"),),
    stream=True,
)


class Traces(Repository):
    table: ClassVar[Table] = TRACES


REPOSITORY = Traces()
# Does something to the items of one trace, and says what came of it.
Step = Callable[[str], Any]

numbers = st.integers(-3, 3)
words = st.sampled_from(["", "a", "ab", "b"])
sort_keys = st.sampled_from(["1", "10", "2"])
members = st.frozensets(st.sampled_from("xyz"), min_size=1)
values = st.one_of(
    numbers, words, members, st.binary(max_size=2), st.none(), st.booleans(), st.lists(words)
)


def conditions() -> st.SearchStrategy[ConditionBase]:
    attribute = st.sampled_from(["n", "t", "s", "k"]).map(Attr)
    simple = st.one_of(
        attribute.map(Attr.exists),
        attribute.map(Attr.not_exists),
        st.builds(Attr.eq, attribute, values),
        st.builds(Attr.ne, attribute, values),
        st.builds(Attr.lt, attribute, numbers),
        st.builds(Attr.lte, attribute, words.filter(bool)),
        st.builds(Attr.gt, attribute, numbers),
        st.builds(Attr.gte, attribute, numbers),
        st.builds(Attr.between, attribute, st.integers(-3, 0), numbers.map(abs)),
        st.builds(Attr.is_in, attribute, st.lists(values, min_size=1, max_size=3)),
        # Of an attribute of another type DynamoDB says False, the embedded engine an error.
        st.builds(Attr.begins_with, st.just(Attr("t")), words.filter(bool)),
        st.builds(Attr.contains, st.sampled_from(["t", "s"]).map(Attr), st.sampled_from("axy")),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
            inner.map(lambda each: ~each),
        ),
        max_leaves=4,
    )


def updates() -> st.SearchStrategy[Update]:
    return st.builds(
        Update,
        set=st.fixed_dictionaries({"t": words}, optional={"k": values}),
        set_if_absent=st.dictionaries(st.just("f"), values),
        add=st.dictionaries(st.just("n"), numbers),
        subtract=st.dictionaries(st.just("s"), members),
        remove=st.sampled_from([(), ("o",), ("o", "d")]),
    )


def items() -> st.SearchStrategy[dict[str, Any]]:
    attributes = {
        "n": numbers,
        "t": words,
        "s": members,
        "k": values,
        "o": st.just("open"),
        "d": words.filter(bool),
    }
    return st.fixed_dictionaries({"sk": sort_keys}, optional=attributes)


def whether(condition: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | condition


def put(item: dict[str, Any], condition: Any) -> Step:
    return lambda pk: REPOSITORY.put({"pk": pk, **_of(pk, item)}, condition=condition)


def update(sk: str, change: Update, condition: Any) -> Step:
    return lambda pk: REPOSITORY.update(pk, sk, change, condition=condition)


def delete(sk: str, condition: Any) -> Step:
    return lambda pk: REPOSITORY.delete(pk, sk, condition=condition)


def query(sort: Any, descending: bool, limit: int | None, chosen: Any) -> Step:
    options = {"sort": sort, "descending": descending, "limit": limit, "filter": chosen}
    return lambda pk: list(REPOSITORY.query_all(pk, **options))


def query_index(descending: bool, limit: int | None) -> Step:
    def step(pk: str) -> Any:
        return list(
            REPOSITORY.query_all(f"open-{pk}", index="by_o", descending=descending, limit=limit)
        )

    return step


def batches(written: list[dict[str, Any]], deleted: str, wanted: list[str]) -> Step:
    def step(pk: str) -> Any:
        puts = {each["sk"]: {"pk": pk, **_of(pk, each)} for each in written}
        puts.pop(deleted, None)
        REPOSITORY.batch_write(puts=puts.values(), deletes=[(pk, deleted)])
        found = REPOSITORY.batch_get([(pk, sk) for sk in set(wanted)], consistent=True)
        return sorted(found, key=lambda item: item["sk"])

    return step


def transaction(drawn: dict[str, tuple[str, dict[str, Any], Update, Any]]) -> Step:
    def action(pk: str, sk: str, kind: str, item: Any, change: Update, condition: Any) -> Any:
        match kind:
            case "put":
                return Put(REPOSITORY, {"pk": pk, **_of(pk, item), "sk": sk}, condition)
            case "update":
                return Change(REPOSITORY, pk, sk, change, condition)
            case "delete":
                return Delete(REPOSITORY, pk, sk, condition)
        return Check(REPOSITORY, pk, sk, condition or Attr("pk").exists())

    return lambda pk: transact([action(pk, sk, *rest) for sk, rest in drawn.items()])


def _of(pk: str, item: dict[str, Any]) -> dict[str, Any]:
    """Each trace has an index partition of its own."""
    return {**item, "o": f"open-{pk}"} if "o" in item else item


condition = conditions()
kinds = st.sampled_from(["put", "update", "delete", "check"])
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(put, items(), whether(condition)),
    st.builds(update, sort_keys, updates(), whether(condition)),
    st.builds(delete, sort_keys, whether(condition)),
    st.builds(
        query,
        whether(st.builds(Key.begins_with, st.just(Key("sk")), st.sampled_from(["1", "2"]))),
        st.booleans(),
        whether(st.integers(1, 2)),
        whether(condition),
    ),
    st.builds(query_index, st.booleans(), whether(st.integers(1, 2))),
    st.builds(batches, st.lists(items(), max_size=3), sort_keys, st.lists(sort_keys, min_size=1)),
    st.builds(
        transaction,
        st.dictionaries(
            sort_keys, st.tuples(kinds, items(), updates(), whether(condition)), min_size=1
        ),
    ),
)


@pytest.fixture(scope="module")
def stream() -> TableStream:
    ensure(TRACES, existing_names())
    return TableStream(TRACES)


def outcomes(trace: list[Step], pk: str) -> list[Any]:
    """What each step returned, or lost against."""
    said = []
    for step in trace:
        try:
            said.append(step(pk))
        except Conflict as lost:
            said.append(("lost", lost.stored))
    return [*said, list(REPOSITORY.query_all(pk, consistent=True))]


class TestTheEngineInMemory:
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trace=st.lists(steps, min_size=1, max_size=12))
    def test_answers_as_the_embedded_engine(self, trace: list[Step], stream: TableStream) -> None:
        pk = f"trace-{token_hex(6)}"
        expected = outcomes(trace, pk)
        engine = MemoryEngine([TRACES])
        with in_memory(engine):
            assert outcomes(trace, pk) == expected

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trace=st.lists(steps, min_size=1, max_size=12))
    def test_tells_its_stream_the_same(self, trace: list[Step], stream: TableStream) -> None:
        pk = f"trace-{token_hex(6)}"
        outcomes(trace, pk)
        expected = [(each.old, each.new) for each in changes(stream) if each.key["pk"] == pk]
        engine = MemoryEngine([TRACES])
        with in_memory(engine):
            outcomes(trace, pk)
        images = [(each.old, each.new) for each in engine.written]
        assert [tuple(map(_decoded, pair)) for pair in images] == expected


def changes(stream: TableStream) -> Iterator[Any]:
    """All that the table's stream still has."""
    for shard in stream.list().shards.values():
        iterator: str | None = stream.open(shard, From.HORIZON, utc_now())
        while iterator is not None:
            page = stream.read(shard, iterator)
            yield from page.records
            iterator = None if page.at_tip else page.iterator


def _decoded(wire: Any) -> Any:
    return None if wire is None else decode_item(wire)
