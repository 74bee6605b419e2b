"""Prometheus's text format, version 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from aws.metrics.instruments import Sample
from aws.metrics.snapshots import Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(processes: Mapping[str, Sequence[Family]]) -> str:
    """All series of all processes, told apart by the label `process`.

    Not summed: a process that ends would make a sum fall, which Prometheus takes for a restart.
    """
    by_name: dict[str, list[tuple[str, Family]]] = {}
    for process, families in sorted(processes.items()):
        for family in families:
            by_name.setdefault(family.name, []).append((process, family))
    lines = (line for _name, each in sorted(by_name.items()) for line in _family_lines(each))
    return "".join(f"{line}\n" for line in lines)


def _family_lines(members: list[tuple[str, Family]]) -> Iterator[str]:
    first = members[0][1]
    yield f"# HELP {first.name} {_escaped_help(first.help)}"
    yield f"# TYPE {first.name} {first.kind}"
    for process, family in members:
        names = ("process", *family.label_names)
        for sample in family.samples:
            labels = _pairs(zip(names, (process, *sample.labels), strict=True))
            yield from _sample_lines(family, sample, labels)


def _sample_lines(family: Family, sample: Sample, labels: str) -> Iterator[str]:
    if family.kind != "histogram":
        yield f"{family.name}{{{labels}}} {_number(sample.value)}"
        return
    ends = [_number(bound) for bound in family.bounds] + ["+Inf"]
    for end, count in zip(ends, accumulate(sample.counts), strict=True):
        yield f'{family.name}_bucket{{{labels},le="{end}"}} {count}'
    yield f"{family.name}_sum{{{labels}}} {_number(sum(sample.sums))}"
    yield f"{family.name}_count{{{labels}}} {sum(sample.counts)}"


def _pairs(labels: Iterable[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{_escaped_label(value)}"' for name, value in labels)


def _escaped_label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _escaped_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
