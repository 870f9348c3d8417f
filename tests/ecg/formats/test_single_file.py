"""What a decoder hands over becomes a record in millivolts, or an error that asks the right question."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from einthoven.ecg.formats.decoded import About, Channels, Decoded
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.record import Annotation
from einthoven.errors import LeadError, SignalError, UnitError, UnknownNameError, UnreadableFileError


def _channels(**changes):
    digital = np.array([[1, 2, 3], [10, 20, 30], [7, 8, 9]], dtype=np.int16)
    values = {
        "digital": digital,
        "names": ["V1", "resp", "i"],
        "step": [2.0, 1.0, 5.0],
        "unit": "uV",
        "sampling_rate_hz": 250,
    }
    return Channels(**(values | changes))


def _read(tmp_path, decoded, **options):
    def decode(content, *, where):
        if isinstance(decoded, Exception):
            raise decoded
        return decoded

    path = tmp_path / "rec.bin"
    path.write_bytes(b"bytes")
    file_format = single_file_format("toy", title="Toy", decode=decode, recognises=lambda _head: False)
    return file_format.read(RecordLocation("rec", str(path), "toy", options))


def test_standard_leads_come_out_in_order_and_in_millivolts(tmp_path):
    record = _read(tmp_path, Decoded(rhythm=_channels()))
    assert record.leads == ("I", "V1")
    np.testing.assert_allclose(record.signal, [[0.035, 0.040, 0.045], [0.002, 0.004, 0.006]], rtol=1e-6)
    assert record.provenance.original_step_mv == pytest.approx((0.005, 0.002))
    assert record.provenance.leads_stored == ("I", "V1")
    assert record.provenance.original_unit == "uV"
    assert "left out, not among the 12 standard leads: resp" in record.provenance.notes
    assert len(record.provenance.source_sha256) == 64


def test_offsets_units_and_gaps_are_per_channel(tmp_path):
    absent = np.zeros((3, 3), dtype=bool)
    absent[2, 1] = True
    channels = _channels(unit=["mV", "bpm", "uV"], offset=[1.0, 0.0, -35.0], absent=absent)
    record = _read(tmp_path, Decoded(rhythm=channels))
    np.testing.assert_allclose(record.signal, [[0.0, np.nan, 0.010], [3.0, 5.0, 7.0]], atol=1e-7)


def test_floating_point_amplitudes_have_no_step(tmp_path):
    record = _read(tmp_path, Decoded(rhythm=_channels(digital=np.ones((3, 4)))))
    assert record.provenance.original_step_mv == ()


def test_a_missing_unit_is_a_question_that_the_option_answers(tmp_path):
    with pytest.raises(UnitError, match=r"rec\.bin doesn't say its amplitude unit: how much .*--unit uV"):
        _read(tmp_path, Decoded(rhythm=_channels(unit="")))
    record = _read(tmp_path, Decoded(rhythm=_channels(unit="")), unit="4 uV")
    np.testing.assert_allclose(record.signal[0], [0.14, 0.16, 0.18], rtol=1e-6)
    assert "unit 4 uV declared, the file says nothing" in record.provenance.notes


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"names": ["x", "y", "z"]}, LeadError, "which of the standard leads .* only x, y, z; .*--leads"),
        ({"names": ["I", "x", "Lead I"]}, LeadError, "lead I twice"),
        ({"names": ["I", "II"]}, SignalError, "names 2 leads"),
        ({"digital": np.zeros((3, 0), dtype=np.int16)}, SignalError, "no samples"),
        ({"step": [0.0, 1.0, 1.0]}, UnitError, "other than 0"),
        ({"step": [np.nan, 1.0, 1.0]}, UnitError, "other than 0"),
        ({"step": [1e300, 1.0, 1.0]}, SignalError, "beyond all measure"),
        ({"sampling_rate_hz": 0}, SignalError, "sampling rate"),
        ({"sampling_rate_hz": float("nan")}, SignalError, "sampling rate"),
        ({"sampling_rate_hz": 1e9}, SignalError, "sampling rate"),
    ],
)
def test_contradictions_are_refused_by_name(tmp_path, changes, error, words):
    with pytest.raises(error, match=words) as raised:
        _read(tmp_path, Decoded(rhythm=_channels(**changes)))
    assert "rec.bin" in str(raised.value)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OverflowError("x"), RecursionError("x"), EOFError()])
def test_what_a_decoder_did_not_foresee_is_an_error_of_the_file(tmp_path, error):
    with pytest.raises(UnreadableFileError, match=r"rec\.bin is damaged"):
        _read(tmp_path, error)


def test_an_empty_file_and_an_unknown_option_are_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'unit'"):
        _read(tmp_path, Decoded(rhythm=_channels()), unti="uV")
    file_format = single_file_format("toy", title="Toy", decode=None, recognises=lambda _head: False)
    (tmp_path / "none.bin").write_bytes(b"")
    with pytest.raises(UnreadableFileError, match=r"none\.bin is empty"):
        file_format.read(RecordLocation("none", str(tmp_path / "none.bin"), "toy"))


def test_times_with_a_zone_become_utc_and_others_stay_naive(tmp_path):
    local = datetime(2020, 5, 18, 15, 48, tzinfo=timezone(timedelta(hours=2)))
    record = _read(tmp_path, Decoded(rhythm=_channels(), about=About(time=local)))
    assert (record.time, record.time_kind) == (datetime(2020, 5, 18, 13, 48, tzinfo=UTC), "utc")
    record = _read(tmp_path, Decoded(rhythm=_channels(), about=About(time=local.replace(tzinfo=None))))
    assert (record.time, record.time_kind) == (datetime(2020, 5, 18, 15, 48), "naive")  # noqa: DTZ001 - what is meant
    assert _read(tmp_path, Decoded(rhythm=_channels())).time_kind == "unknown"


def test_everything_else_goes_into_the_record(tmp_path):
    about = About(
        patient_id="P1",
        age_years=61.0,
        sex="F",
        device="Maker Model",
        measurements={"qrs_ms": 92.0},
        lead_measurements={"I": {"r_uv": 1200.0}},
        statements=["Sinus rhythm"],
        original_statements=["Atrial fibrillation"],
    )
    decoded = Decoded(
        rhythm=_channels(),
        about=about,
        median_beat=_channels(),
        annotations=[Annotation(0.5, "R", "I")],
        device_filters=["low-pass 150 Hz"],
        resampling="from 1000 Hz",
        notes=["a remark"],
    )
    record = _read(tmp_path, decoded)
    assert (record.patient_id, record.age_years, record.sex, record.device) == ("P1", 61.0, "F", "Maker Model")
    assert record.measurements == {"qrs_ms": 92.0}
    assert record.lead_measurements == {"I": {"r_uv": 1200.0}}
    assert (record.statements, record.original_statements) == (("Sinus rhythm",), ("Atrial fibrillation",))
    assert record.annotations == (Annotation(0.5, "R", "I"),)
    assert record.median_beat.leads == ("I", "V1")
    np.testing.assert_array_equal(record.median_beat.signal, record.signal)
    assert record.provenance.device_filters == ("low-pass 150 Hz",)
    assert record.provenance.resampling == "from 1000 Hz"
    assert "a remark" in record.provenance.notes


def test_what_was_not_measured_is_no_measurement(tmp_path):
    said = {
        "pr_ms": 0.0,
        "heart_rate_bpm": 0.0,
        "qrs_axis_deg": 999.0,
        "p_axis_deg": 0.0,
        "p_onset_ms": 0.0,
        "odd": 0.0,
    }
    record = _read(tmp_path, Decoded(rhythm=_channels(), about=About(measurements=said)))
    assert record.measurements == {"p_axis_deg": 0.0, "p_onset_ms": 0.0, "odd": 0.0}


def test_a_median_beat_that_can_not_be_used_is_left_out(tmp_path):
    beat = dataclasses.replace(_channels(), names=["x", "y", "z"])
    assert _read(tmp_path, Decoded(rhythm=_channels(), median_beat=beat)).median_beat is None


def test_what_fills_up_a_median_beat_is_cut(tmp_path):
    beat = _channels(
        digital=np.array([[1, 2, 32767, 32767], [10, 32767, 32767, 32767], [7, 8, 32767, 32767]], dtype="i2")
    )
    assert _read(tmp_path, Decoded(rhythm=_channels(), median_beat=beat)).median_beat.signal.shape == (2, 2)


def test_padding_behind_a_median_beat_is_cut_and_gaps_within_stay(tmp_path):
    absent = np.array([[False, True, True]] * 3)
    padded = _read(tmp_path, Decoded(rhythm=_channels(), median_beat=_channels(absent=absent))).median_beat.signal
    assert padded.shape == (2, 1)
    assert np.isfinite(padded).all()
    gap = np.array([[False, True, False]] * 3)
    assert np.isnan(
        _read(tmp_path, Decoded(rhythm=_channels(), median_beat=_channels(absent=gap))).median_beat.signal
    ).any()


def test_identifiers_are_those_that_the_decoder_found(tmp_path):
    about = About(identifiers=["Doe", " ", "", "Doe", "1960-01-02"])
    path = tmp_path / "rec.bin"
    path.write_bytes(b"bytes")
    file_format = single_file_format(
        "toy",
        title="Toy",
        decode=lambda _content, **_: Decoded(rhythm=_channels(), about=about),
        recognises=lambda _head: False,
    )
    assert file_format.identifiers(RecordLocation("rec", str(path), "toy")) == ("Doe", "1960-01-02")
