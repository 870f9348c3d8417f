"""Files, folders and declared arrays become record locations."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cli.sources import find_in
from einthoven.errors import SpecificationError

LAYOUT = 'axes = "record,sample,lead"\nrate_hz = 100\nunit = "mV"\nleads = ["I", "II"]\n'


def test_layout_declares_an_array(tmp_path):
    """Each row is an ECG with the declared options."""
    np.save(tmp_path / "a.npy", np.zeros((3, 200, 2), np.int16))
    (tmp_path / "layout.toml").write_text(LAYOUT)
    found = find_in([tmp_path / "a.npy"], layout=tmp_path / "layout.toml", unit="uV").locations
    assert [location.options["row"] for location in found] == [0, 1, 2]
    assert found[0].options["unit"] == "uV"


@pytest.mark.parametrize("text", [None, "axes = "])
def test_unreadable_layout_is_named(tmp_path, text):
    """Missing and broken files alike."""
    if text:
        (tmp_path / "layout.toml").write_text(text)
    with pytest.raises(SpecificationError, match=r"the layout .*layout\.toml can't be read .* must be a TOML file"):
        find_in([tmp_path], layout=tmp_path / "layout.toml", unit=None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LAYOUT.replace("unit", "unti"), "layout.toml: .* no option 'unti'; did you mean 'unit'"),
        (LAYOUT.replace('lead"', 'leed"'), "layout.toml: axes must be"),
        (LAYOUT.replace("100", '"fast"'), "layout.toml: rate_hz must be a number, got 'fast'"),
        (LAYOUT.replace('"record,sample,lead"', "3"), "layout.toml: axes must be words, got 3"),
        (LAYOUT + "columns = 3", r"layout.toml: columns must be a list of numbers, got 3"),
        (LAYOUT + "delimiter = 4", "layout.toml: delimiter must be a text, got 4"),
    ],
)
def test_a_mistake_in_a_layout_names_it(tmp_path, text, says):
    np.save(tmp_path / "a.npy", np.zeros((3, 200, 2), np.int16))
    (tmp_path / "layout.toml").write_text(text)
    with pytest.raises(SpecificationError, match=says):
        find_in([tmp_path / "a.npy"], layout=tmp_path / "layout.toml", unit=None)


def test_a_layout_that_is_no_text_is_named(tmp_path):
    (tmp_path / "layout.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecificationError, match=r"can't be read .* must be a TOML file"):
        find_in([tmp_path], layout=tmp_path / "layout.toml", unit=None)


def test_a_unit_that_is_none_is_refused_before_any_file_is_read(tmp_path):
    """The files are not to blame."""
    with pytest.raises(SpecificationError, match=r"--unit must be mV, uV or V, .* got 'furlong'"):
        find_in([tmp_path], layout=None, unit="furlong")
