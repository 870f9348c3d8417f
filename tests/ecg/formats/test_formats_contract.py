"""What every member of FORMATS has to do; a new format needs fakes, ``tests/fakes/<name>_files.py``."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.formats import FORMATS, RecordLocation, locate, read
from einthoven.ecg.formats.array.layout import DECLARED
from einthoven.ecg.formats.recognition import format_named, recognised_format
from einthoven.ecg.formats.writing import WRITERS
from einthoven.errors import EinthovenError, RecordError, SpecificationError, UnitError
from fakes.wfdb_files import STANDARD

STEP_MV = 0.001

FAKES = {name: importlib.import_module(f"fakes.{name}_files").FAKES for name in FORMATS}
CASES = [pytest.param(fake, id=f"{name}-{kind}") for name, kinds in FAKES.items() for kind, fake in kinds.items()]


def _signal_mv(n_leads: int = 12) -> np.ndarray:
    steps = np.random.default_rng(8).integers(-1500, 1500, (n_leads, 60))
    return np.asarray(steps * STEP_MV)


def _data_file(location: RecordLocation) -> Path:
    path = Path(location.path)
    return path if path.suffix != ".hea" else next(file for file in path.parent.iterdir() if file.suffix != ".hea")


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


# known by their names and by being declared, not by their content
NAMED = {"wfdb-16", "wfdb-212", "wfdb-24", "wfdb-32", "wfdb-mat", "array-.csv", "array-.txt", "array-.mat"}
BY_CONTENT = [case for case in CASES if case.id not in NAMED]
SINGLE = [case for case in CASES if not case.id.startswith(("wfdb", "array"))]


@pytest.mark.parametrize("fake", BY_CONTENT)
def test_a_file_under_a_wrong_name_is_known_by_its_content(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    other = tmp_path / "renamed.docx"
    shutil.copy(location.path, other)
    assert recognised_format(other) == location.format


@pytest.mark.parametrize("fake", SINGLE)
def test_the_provenance_says_what_was_stored(tmp_path, fake):
    provenance = read(fake(tmp_path, _signal_mv(), STANDARD)).provenance
    assert provenance.leads_stored == STANDARD
    assert provenance.leads_derived == ()
    assert provenance.original_unit
    np.testing.assert_allclose(provenance.original_step_mv, STEP_MV)


@pytest.mark.parametrize("fake", CASES)
def test_the_eight_independent_leads_give_twelve(tmp_path, fake):
    signal = _signal_mv()
    kept = [row for row, lead in enumerate(STANDARD) if lead in {"I", "II"} or lead[0] == "V"]
    location = fake(tmp_path, signal[kept], [STANDARD[row] for row in kept])
    record = read(location)
    assert record.leads == STANDARD
    assert record.provenance.leads_derived == ("III", "aVR", "aVL", "aVF")
    np.testing.assert_allclose(record.signal[2], signal[1] - signal[0], atol=2e-6)
    np.testing.assert_allclose(record.signal[kept], signal[kept], atol=1e-6)


@pytest.mark.parametrize("fake", SINGLE)
def test_a_declared_unit_never_overrules_one_that_the_file_states(tmp_path, fake):
    location = fake(tmp_path, _signal_mv(), STANDARD)
    stated = read(location)
    declared = read(RecordLocation("rec", location.path, location.format, {"unit": "V"}))
    np.testing.assert_array_equal(declared.signal, stated.signal)
    assert declared.provenance.original_unit == stated.provenance.original_unit
    assert any("unit V declared but not needed" in note for note in declared.provenance.notes)
    with pytest.raises(UnitError, match="how much is one stored unit worth"):
        read(RecordLocation("rec", location.path, location.format, {"unit": "bananas"}))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_nothing_else_is_taken_for_a_format(name):
    recognises = format_named(name).recognises
    for head in (b"", b"%PDF-1.7", b"<html><body>", b'{"resourceType": "Patient"}', b"a,b\n1,2\n", b"PK\x05\x06"):
        assert not recognises(head)


def test_every_format_and_writer_is_documented():
    """The overview names each as ``--to`` and errors do."""
    pages = Path(__file__).parents[3] / "docs"
    overview = (pages / "reference/formats.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"| `{name}` |" not in overview] == []
    how_to = (pages / "how_to/exchange_ecgs.md").read_text(encoding="utf-8")
    assert [name for name in WRITERS if f"`{name}`" not in how_to] == []
