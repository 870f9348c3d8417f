from __future__ import annotations

from einthoven.ecg.formats.measurement_names import MEASUREMENTS


def test_every_name_ends_in_its_unit():
    assert all(name.rsplit("_", 1)[1] in {"bpm", "ms", "deg", "mmhg"} for name in MEASUREMENTS)
