"""What every member of FORMATS has to do; a new format needs a fake here before it can pass."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.formats import FORMATS, RecordLocation, locate, read
from einthoven.ecg.formats.array_layout import DECLARED
from einthoven.errors import EinthovenError, RecordError, SpecificationError
from fakes.array_files import layout, write_array
from fakes.wfdb_files import STANDARD, mat4_prefix, write_wfdb

STEP_MV = 0.001

# a fake writes (lead, sample) millivolts under the given lead names and returns where
Fake = Callable[[Path, np.ndarray, Sequence[str]], RecordLocation]


def _wfdb(suffix: str, fmt: int, layout_word: str, prefix: bool) -> Fake:  # noqa: FBT001 - a table row, see FAKES
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(signal_mv / STEP_MV).astype(int)
        header = write_wfdb(
            folder,
            digital=digital,
            leads=leads,
            fmt=fmt,
            layout=layout_word,
            prefix=mat4_prefix(*digital.shape) if prefix else b"",
            suffix=suffix,
        )
        return RecordLocation("rec", str(header), "wfdb", {})

    return fake


def _array(suffix: str) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = write_array(folder / f"rec{suffix}", signal_mv.T * 1000)
        return RecordLocation("rec", str(path), "array", layout(unit="uV", leads=list(leads)))

    return fake


FAKES: dict[str, dict[str, Fake]] = {
    "wfdb": {
        "16": _wfdb(".dat", 16, "", False),
        "212": _wfdb(".dat", 212, "", False),
        "24": _wfdb(".dat", 24, "", False),
        "32": _wfdb(".dat", 32, "", False),
        "mat": _wfdb(".mat", 16, "+24", True),
    },
    "array": {suffix: _array(suffix) for suffix in (".npy", ".npz", ".csv", ".h5", ".mat")},
}
CASES = [pytest.param(fake, id=f"{name}-{kind}") for name, kinds in FAKES.items() for kind, fake in kinds.items()]


def _signal_mv(n_leads: int = 12) -> np.ndarray:
    steps = np.random.default_rng(8).integers(-1500, 1500, (n_leads, 60))
    return np.asarray(steps * STEP_MV)


def _data_file(location: RecordLocation) -> Path:
    path = Path(location.path)
    return path if path.suffix != ".hea" else next(file for file in path.parent.iterdir() if file.suffix != ".hea")


def test_every_format_has_a_fake():
    assert set(FAKES) == set(FORMATS), "write a fake for the new format and list it in FAKES"


@pytest.mark.parametrize("fake", CASES)
def test_round_trip_in_millivolts(tmp_path, fake):
    signal = _signal_mv()
    record = read(fake(tmp_path, signal, STANDARD))
    np.testing.assert_allclose(record.signal, signal, atol=1e-6)
    assert (record.leads, record.sampling_rate_hz, record.unit, record.record_id) == (STANDARD, 500, "mV", "rec")
    assert record.signal.dtype == np.float32
    assert record.signal.flags.c_contiguous
    assert len(record.provenance.source_sha256) == 64
    assert record.provenance.source_path


@pytest.mark.parametrize("fake", CASES)
def test_rows_end_in_canonical_order(tmp_path, fake):
    signal = _signal_mv()
    order = [0, 1, 2, 3, 5, 4, *range(11, 5, -1)]
    record = read(fake(tmp_path, signal[order], [STANDARD[row].upper() for row in order]))
    assert record.leads == STANDARD
    np.testing.assert_allclose(record.signal, signal, atol=1e-6)


@pytest.mark.parametrize("fake", CASES)
def test_a_truncated_file_is_refused_by_name(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    file = _data_file(location)
    os.truncate(file, file.stat().st_size * 2 // 3 - 40)  # not inside the last column of a csv row
    with pytest.raises(RecordError, match=file.name):
        read(location)


@pytest.mark.parametrize("fake", CASES)
def test_garbage_is_refused_by_name(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    path = Path(location.path)
    for seed in range(5):
        path.write_bytes(np.random.default_rng(seed).bytes(4000))
        with pytest.raises(EinthovenError, match=path.name):
            read(location)
    path.write_bytes(b"")
    with pytest.raises(EinthovenError, match=path.name):
        read(location)


@pytest.mark.parametrize("fake", CASES)
def test_a_missing_file_is_refused_by_name(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    file = _data_file(location)
    file.unlink()
    with pytest.raises(RecordError, match=file.name):
        read(location)


@pytest.mark.parametrize("fake", CASES)
def test_a_location_survives_pickling_and_is_found_again(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    copy = pickle.loads(pickle.dumps(location))
    np.testing.assert_array_equal(read(copy).signal, read(location).signal)
    assert locate(tmp_path, format=location.format, options=location.options) == [location]


@pytest.mark.parametrize("fake", CASES)
def test_what_a_format_does_not_say_by_itself_has_to_be_declared(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    for name in set(location.options) & set(DECLARED):
        fewer = {key: value for key, value in location.options.items() if key != name}
        with pytest.raises(SpecificationError, match=f"declare .*{name} = "):
            read(RecordLocation("rec", location.path, location.format, fewer))
