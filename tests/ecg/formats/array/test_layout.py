from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.array.layout import ArrayLayout
from einthoven.errors import SpecificationError, UnitError, UnknownNameError, UnreadableFileError
from fakes.array_files import layout, write_array


def signals(n_records=4, n_samples=30):
    """Return float32 (record, sample, lead)."""
    return np.random.default_rng(5).normal(size=(n_records, n_samples, 12)).astype(np.float32)


def read_with(path, **options):
    return read(RecordLocation("r", str(path), "array", layout(**options)))


@pytest.mark.parametrize("name", ["axes", "rate_hz", "unit", "leads"])
def test_nothing_is_guessed(tmp_path, name):
    path = write_array(tmp_path / "a.npy", signals()[0])
    options = layout()
    del options[name]
    with pytest.raises(SpecificationError, match=rf"a\.npy is a plain array, .*: declare .*{name} = "):
        read(RecordLocation("r", str(path), "array", options))
    with pytest.raises(SpecificationError, match=name):
        locate(path, options=options)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"axes": "sample,lead,lead"}, SpecificationError, "at most once"),
        ({"axes": "time,lead"}, SpecificationError, "got"),
        ({"axes": "record,lead"}, SpecificationError, "axes must be"),
        ({"axes": "sample"}, SpecificationError, "one lead"),
        ({"rate_hz": 0}, SpecificationError, "positive"),
        ({"rate_hz": "fast"}, SpecificationError, "rate_hz must be a number, got 'fast'"),
        ({"scale": 0}, SpecificationError, "other than 0"),
        ({"unit": "ADC"}, UnitError, "mV, uV, nV or V"),
        ({"row": 4, "axes": "record,sample,lead"}, UnreadableFileError, "rows 0 to 3"),
        ({"row": -1, "axes": "record,sample,lead"}, UnreadableFileError, "rows 0 to 3"),
        ({"axes": "record,sample,lead"}, SpecificationError, "say which"),
        ({"axes": "sample,lead"}, UnreadableFileError, "declare all of them"),
        ({"axis": "sample,lead"}, UnknownNameError, "did you mean 'axes'"),
    ],
)
def test_wrong_declarations_are_refused_with_the_reason(tmp_path, options, error, says):
    path = write_array(tmp_path / "a.npy", signals())
    with pytest.raises(error, match=says):
        read_with(path, **options)


def test_words_may_be_a_list_or_one_string():
    one = ArrayLayout.from_options(layout(axes="sample, lead", leads="I,II"), path="x")
    other = ArrayLayout.from_options(layout(axes=["sample", "lead"], leads=["I", "II"]), path="x")
    assert one == other


def test_unit_and_scale_make_one_factor():
    assert ArrayLayout.from_options(layout(unit="uV", scale=5), path="x").factor(path="x") == pytest.approx(0.005)
    assert ArrayLayout.from_options(layout(unit="arbitrary", scale=5), path="x").factor(path="x") == 5
