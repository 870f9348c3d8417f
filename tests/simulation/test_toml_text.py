"""Whatever is written as TOML reads back as it was."""

from __future__ import annotations

import tomllib
from datetime import date

from einthoven.simulation.toml_text import toml_text

VALUES = {
    "seed": 7,
    "share": 0.1,
    "tiny": 1e-09,
    "signals": True,
    "title": 'She said "no"\nand\tleft \\ 번호',
    "start": date(2012, 1, 31),
    "sites": ["A", "B"],
    "empty": [],
    "hospital": {
        "A": {"name": "A", "columns": {"ecgs.record_id": "ECG NO"}},
        "B": {"columns": {}, "deep": {"deeper": {"x": 1}}},
    },
}


def test_values_of_all_kinds_read_back() -> None:
    assert tomllib.loads(toml_text(VALUES, heading="Two lines\nof comment")) == VALUES


def test_nothing_is_left_out_but_none() -> None:
    assert tomllib.loads(toml_text({"a": None, "b": 1})) == {"b": 1}
