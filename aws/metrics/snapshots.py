"""What a process has gathered, as a value: for `/metrics`, for CloudWatch, for its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from aws.metrics.instruments import REGISTRY, Histogram, Instrument, Sample


@dataclass(frozen=True, slots=True)
class Family:
    """An instrument with all its series. It describes itself, since the process that shows it may
    not have imported the module that declares it."""

    name: str
    kind: str
    unit: str
    help: str
    label_names: tuple[str, ...]
    bounds: tuple[float, ...]
    samples: tuple[Sample, ...]


def gathered() -> list[Family]:
    """All instruments of this process that have measured something."""
    families = [_family(instrument) for _name, instrument in sorted(REGISTRY.items())]
    return [family for family in families if family.samples]


def _family(instrument: Instrument[tuple[object, ...]]) -> Family:
    return Family(
        name=instrument.name,
        kind=instrument.kind,
        unit=instrument.unit.value,
        help=instrument.help,
        label_names=instrument.label_names,
        bounds=instrument.bounds if isinstance(instrument, Histogram) else (),
        samples=tuple(instrument.samples()),
    )


def to_bytes(families: Sequence[Family]) -> bytes:
    return orjson.dumps(families)


def from_bytes(raw: bytes) -> list[Family]:
    """What `to_bytes` wrote."""
    return [_family_from(each) for each in orjson.loads(raw)]


def _family_from(fields: dict[str, object]) -> Family:
    samples = fields.pop("samples")
    assert isinstance(samples, list)
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
    return Family(**plain, samples=tuple(map(_sample_from, samples)))  # type: ignore[arg-type]


def _sample_from(fields: dict[str, object]) -> Sample:
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
    return Sample(**plain)  # type: ignore[arg-type]
