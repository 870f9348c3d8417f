"""Files, folders and declared arrays become record locations."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cli.sources import locate_all
from einthoven.errors import SpecificationError

LAYOUT = 'axes = "record,sample,lead"\nrate_hz = 100\nunit = "mV"\nleads = ["I", "II"]\n'


def test_layout_declares_an_array(tmp_path):
    """Each row is an ECG with the declared options."""
    np.save(tmp_path / "a.npy", np.zeros((3, 200, 2), np.int16))
    (tmp_path / "layout.toml").write_text(LAYOUT)
    found = locate_all([tmp_path / "a.npy"], layout=tmp_path / "layout.toml", unit="uV")
    assert [location.options["row"] for location in found] == [0, 1, 2]
    assert found[0].options["unit"] == "uV"


@pytest.mark.parametrize("text", [None, "axes = "])
def test_unreadable_layout_is_named(tmp_path, text):
    """Missing and broken files alike."""
    if text:
        (tmp_path / "layout.toml").write_text(text)
    with pytest.raises(SpecificationError, match=r"the layout .*layout\.toml can't be read"):
        locate_all([tmp_path], layout=tmp_path / "layout.toml", unit=None)
