"""What every member of WRITERS has to do: whatever it writes, our reader gives back to half a stored unit."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.recognition import FORMATS, recognised_format
from einthoven.ecg.formats.writing import SUFFIXES, WRITERS, encode, suffix_of, write
from einthoven.ecg.leads import LEAD_SETS, STANDARD_LEADS, derive_limb_leads
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import SignalError, UnitError
from fakes.written_records import full_record, record_of

EVERYTHING = {"patient_id", "time", "age_years", "sex", "device", "measurements", "statements", "deidentification"}
# what a format has no place for; all else must come back
NO_PLACE = {
    "csv": EVERYTHING,
    "wfdb": {"patient_id", "device", "measurements"},
}
FOR_ARBITRARY_UNITS = {"csv", "npz"}
NAMES = sorted(WRITERS)


def random_signal(n_leads=12, n_samples=700, *, peak=2.0, seed=5):
    return np.random.default_rng(seed).uniform(-peak, peak, (n_leads, n_samples))


def independent_leads():
    """Return a record whose other four limb leads were computed, as readers of eight leads give it."""
    stored = random_signal(8).astype(np.float32)
    complete = derive_limb_leads(stored, LEAD_SETS["8"])
    provenance = Provenance("memory", "1", leads_stored=LEAD_SETS["8"], leads_derived=complete.derived)
    return record_of(complete.signal, complete.leads, provenance=provenance)


def peaks_far_apart():
    signal = random_signal()
    signal *= np.where(np.arange(12) % 2, 2.5, 0.005)[:, None]
    return record_of(signal)


def with_a_flat_lead():
    signal = random_signal()
    signal[3] = 0
    return record_of(signal)


def in_steps_of_the_source(step):
    stored = np.random.default_rng(1).integers(-4000, 4000, (12, 700))
    provenance = Provenance("x", "1", original_step_mv=(step,) * 12, leads_stored=STANDARD_LEADS)
    return record_of(stored * step, provenance=provenance)


RECORDS = {
    "twelve leads": lambda: record_of(random_signal()),
    "leads in steps of 4.88 uV": lambda: in_steps_of_the_source(0.00488),
    "leads in steps of 2.5 uV": lambda: in_steps_of_the_source(0.0025),
    "eight leads and four computed": independent_leads,
    "one lead": lambda: record_of(random_signal(1), ("II",)),
    "limb leads": lambda: record_of(random_signal(6), LEAD_SETS["6"]),
    "chest leads": lambda: record_of(random_signal(6), STANDARD_LEADS[6:]),
    "an odd number of samples": lambda: record_of(random_signal(12, 701)),
    "997 Hz": lambda: record_of(random_signal(), rate=997.0),
    "250 Hz": lambda: record_of(random_signal(), rate=250.0),
    "a minute": lambda: record_of(random_signal(12, 30_000)),
    "5 mV beside 0.01 mV": peaks_far_apart,
    "a flat lead": with_a_flat_lead,
    "all flat": lambda: record_of(np.zeros((12, 700))),
}


def written_and_read(record: Record, folder: Path, name: str) -> Record:
    """Return what our reader makes of what the writer wrote."""
    files = write(record, folder / f"rec{suffix_of(name)}", format=name)
    layout = folder / "rec.layout.toml"
    if layout in files:
        options = tomllib.loads(layout.read_text())
        return read(RecordLocation("rec", str(files[0]), "array", options))
    assert recognised_format(files[0]) == name
    return read(files[0])


def tolerances(record: Record, again: Record) -> np.ndarray:
    """Return half a stored unit per lead of ``record``, in mV; a computed lead has the errors of lead I and II."""
    steps = dict(zip(again.provenance.leads_stored, again.provenance.original_step_mv, strict=False))
    limb = max(steps.get("I", 0.0), steps.get("II", 0.0))
    float32 = 2.4e-7 * float(np.nanmax(np.abs(record.signal)))
    return np.array([steps.get(lead, 2 * limb) / 2 + float32 for lead in record.leads])[:, None]


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("name", NAMES)
def test_samples_come_back_to_half_a_stored_unit(tmp_path, name, kind):
    record = RECORDS[kind]()
    again = written_and_read(record, tmp_path, name)
    assert again.leads == record.leads
    assert again.signal.shape == record.signal.shape
    # SCP-ECG has whole microseconds between samples; a recorder's clock is worse
    assert again.sampling_rate_hz == pytest.approx(record.sampling_rate_hz, rel=1e-5)
    assert again.unit == "mV"
    assert (np.abs(again.signal - record.signal) <= tolerances(record, again)).all()


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_stored_unit_is_no_larger_than_sixteen_bits_ask_for(tmp_path, name, kind):
    record = RECORDS[kind]()
    again = written_and_read(record, tmp_path, name)
    peaks = np.abs(record.signal).max(axis=1)
    of_flat_leads = 1e-3 if (peaks == 0).any() else 0.0
    allowed = max(float(peaks.max()) / 32767 * 1.001 + 1e-6, *record.provenance.original_step_mv, of_flat_leads)
    assert max(again.provenance.original_step_mv, default=0) <= allowed * (1 + 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_whole_multiples_of_the_sources_step_come_back_exactly(tmp_path, name):
    record = in_steps_of_the_source(0.005)
    again = written_and_read(record, tmp_path, name)
    np.testing.assert_allclose(again.signal, record.signal, rtol=2.4e-7)
    (tmp_path / "second").mkdir()
    third = written_and_read(again, tmp_path / "second", name)
    np.testing.assert_array_equal(third.signal, again.signal)


@pytest.mark.parametrize("name", NAMES)
def test_samples_that_were_not_recorded_stay_so_or_are_refused(tmp_path, name):
    signal = random_signal()
    signal[2, 10:20] = np.nan
    signal[5, 650:] = np.nan
    try:
        again = written_and_read(record_of(signal), tmp_path, name)
    except SignalError as error:
        assert "not recorded" in str(error)  # noqa: PT017 - a format without a mark for gaps refuses
        assert not list(tmp_path.iterdir())
    else:
        np.testing.assert_array_equal(np.isnan(again.signal), np.isnan(signal))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_patient_and_recording_comes_back(tmp_path, name):
    record = full_record()
    again = written_and_read(record, tmp_path, name)
    missing = NO_PLACE.get(name, set())
    for what in sorted(EVERYTHING - missing - {"time", "age_years", "measurements", "deidentification"}):
        assert getattr(again, what) == getattr(record, what), what
    if "time" not in missing:
        clock = again.time if again.time_kind == "utc" else again.time.replace(tzinfo=UTC)
        assert abs((clock - record.time).total_seconds()) < 1
    if "age_years" not in missing:
        assert again.age_years == pytest.approx(61, abs=0.01)
    if "measurements" not in missing:
        assert {key: round(value) for key, value in again.measurements.items()} == record.measurements


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_is_not_invented(tmp_path, name):
    again = written_and_read(record_of(), tmp_path, name)
    known = (again.patient_id, again.time, again.age_years, again.sex, again.device, again.statements)
    assert known == (None, None, None, "U", None, ())
    assert again.measurements == {}
    assert again.annotations == ()
    assert again.median_beat is None
    assert again.provenance.device_filters == ()
    assert again.provenance.deidentification == ""


@pytest.mark.parametrize("name", NAMES)
def test_statements_in_all_scripts_come_back(tmp_path, name):
    statements = (
        "Vorhofflimmern, schnell übergeleitet",
        'Rythme sinusal à 70 c/min <normal> & "régulier"',
        "心電図",
    )
    again = written_and_read(full_record(statements=statements), tmp_path, name)
    assert again.statements == (() if "statements" in NO_PLACE.get(name, set()) else statements)


@pytest.mark.parametrize("name", NAMES)
def test_a_time_without_zone_stays_one(tmp_path, name):
    when = datetime(2019, 12, 31, 23, 59, 58)  # noqa: DTZ001 - naive is meant
    again = written_and_read(full_record(time=when, time_kind="naive"), tmp_path, name)
    if "time" not in NO_PLACE.get(name, set()):
        assert (again.time, again.time_kind) == (when, "naive")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_record_gives_the_same_bytes(name):
    path = Path(f"rec{suffix_of(name)}")
    first, second = (encode(full_record(), path, format=name) for _ in range(2))
    assert first == second
    other = encode(full_record(statements=("Something else",)), path, format=name)
    assert (other != first) == ("statements" not in NO_PLACE.get(name, set()))


@pytest.mark.parametrize("name", NAMES)
def test_arbitrary_units_are_kept_as_such_or_refused(tmp_path, name):
    record = record_of(unit="arbitrary")
    if name in FOR_ARBITRARY_UNITS:
        again = written_and_read(record, tmp_path, name)
        assert again.unit == "arbitrary"
        np.testing.assert_array_equal(again.signal, record.signal)
    else:
        with pytest.raises(UnitError, match="arbitrary units"):
            encode(record, tmp_path / "rec", format=name)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_without_its_identity_says_so(name):
    record, path = full_record(), Path(f"rec{suffix_of(name)}")
    mark = dataclasses.replace(record.provenance, deidentification="pseudonyms by einthoven")
    marked = encode(dataclasses.replace(record, provenance=mark), path, format=name)
    if "deidentification" not in NO_PLACE.get(name, set()):
        assert marked != encode(record, path, format=name)


def test_each_writer_has_a_suffix_and_a_reader():
    assert set(SUFFIXES.values()) >= set(NAMES) - {"muse", "aecg"}
    assert set(NAMES) - {"csv"} <= set(FORMATS)


@pytest.mark.real_data
def test_a_real_ecg_goes_through_all_formats_and_comes_back_exactly(tmp_path, real_data):
    """The step of the source is handed on; only CSV, which holds no step, comes last."""
    first = read(real_data / "ptb_xl/records500/00000/00001_hr.hea")
    record = first
    for name in [*(name for name in NAMES if name != "csv"), "wfdb", "csv"]:
        folder = tmp_path / name / str(len(list(tmp_path.iterdir())))
        record = written_and_read(record, folder, name)
        np.testing.assert_allclose(record.signal, first.signal, rtol=3e-7, err_msg=name)
        assert record.leads == first.leads
        assert record.sampling_rate_hz == first.sampling_rate_hz
