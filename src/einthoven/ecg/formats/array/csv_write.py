"""CSV: one column of millivolts per lead, and beside it the layout that declares what a table can't say."""

from __future__ import annotations

import json
from pathlib import Path

from einthoven.ecg.record import Record

__all__ = ["encode"]


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the table, and the layout under the name ``<stem>.layout.toml``.

    Each number has as many decimals as give the same float32 back; ``nan`` marks a sample that was not recorded. The
    first line names the leads. `einthoven inspect X.csv --layout X.layout.toml` reads the pair.
    """
    rows = record.signal.T.astype("U").tolist()  # NumPy writes the shortest spelling that gives a float32 back
    table = "\n".join([",".join(record.leads), *map(",".join, rows)]) + "\n"
    layout = (
        'axes = "sample,lead"\n'
        f"rate_hz = {float(record.sampling_rate_hz)!r}\n"
        f'unit = "{record.unit}"\n'
        f"leads = {json.dumps(record.leads)}\n"
        'delimiter = ","\n'
        "skip_rows = 1\n"
    )
    return {path.name: table.encode(), f"{path.stem}.layout.toml": layout.encode()}
