"""How large a benchmark is: as in the ADRs, unless the environment asks for less."""

import os


def size(name: str, default: int) -> int:
    """`TXHUB_BENCH_<NAME>`, to try a benchmark out. A figure's `how` tells the size it is of."""
    return int(os.environ.get(f"TXHUB_BENCH_{name}", default))
