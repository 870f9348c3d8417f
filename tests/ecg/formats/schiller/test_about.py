from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.schiller.read import FORMAT
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation
from fakes.schiller_files import block, write_schiller

DIGITAL = np.random.default_rng(5).integers(-900, 900, (12, 120))
RHYTHM = block("ECG_RHYTHMS", DIGITAL, STANDARD_LEADS)
REAL = "formats/cardiosoft_or_other_xml/schiller_sample.xml"


def _global(**values: object) -> str:
    return "".join(
        f"<annotation_global><name>{k}</name><value>{v}</value></annotation_global>" for k, v in values.items()
    )


def test_patient_time_and_device_are_told(tmp_path):
    record = read(write_schiller(tmp_path, RHYTHM))
    assert (record.patient_id, record.sex, record.device) == ("PID-1", "F", "Schiller AT-10P")
    assert (record.time_kind, record.time.isoformat()) == ("naive", "2021-03-04T05:06:07.250000")
    assert record.age_years == pytest.approx(50, abs=0.01)


@pytest.mark.parametrize("start", [("19700101", "000000000"), ("19700101", "000012000")])
def test_a_clock_that_was_never_set_gives_no_time_and_a_note(tmp_path, start):
    record = read(write_schiller(tmp_path, RHYTHM, start=start))
    assert (record.time, record.time_kind, record.age_years) == (None, "unknown", None)
    assert any("clock was not set" in note for note in record.provenance.notes)


def test_a_date_alone_is_midnight_and_none_is_unknown_without_a_note(tmp_path):
    assert read(write_schiller(tmp_path, RHYTHM, start=("20210304", ""))).time.isoformat() == "2021-03-04T00:00:00"
    silent = read(write_schiller(tmp_path, RHYTHM, start=("", "")))
    assert silent.time is None
    assert not silent.provenance.notes


def test_every_identifier_is_listed(tmp_path):
    exam = (
        "<job_id>JOB-1</job_id><order_id>ORD-2</order_id><case_id></case_id><institute_id>INST</institute_id>"
        "<location><id>L-3</id><room>R-4</room></location>"
        "<idu><aquiring_user><id>U-5</id><name>Ulla User</name></aquiring_user></idu>"
    )
    path = write_schiller(tmp_path, RHYTHM, exam=exam)
    assert set(FORMAT.identifiers(RecordLocation("rec", str(path), "schiller", {}))) == {
        "PID-1", "Doe", "Jane", "19710304", "JOB-1", "ORD-2", "INST", "L-3", "R-4", "U-5", "Ulla User", "SN-9",
    }  # fmt: skip


def test_measurements_leave_out_dashes_and_turn_sample_numbers_of_the_beat_into_milliseconds(tmp_path):
    event = _global(HR=69, PQ=174, QTC=397, AXIS_T=-3, BP_S=120, BP_D="-", QRS_ON=184, NEW="1.5", ODD="nan")
    beat = block("ECG_AVERAGES", DIGITAL[:, :60], STANDARD_LEADS, rate="250")
    assert read(write_schiller(tmp_path, beat + RHYTHM, event=event)).measurements == {
        "heart_rate_bpm": 69, "pr_ms": 174, "qtc_ms": 397, "t_axis_deg": -3, "systolic_mmhg": 120, "qrs_onset_ms": 736,
        "new": 1.5,
    }  # fmt: skip
    without_beat = read(write_schiller(tmp_path, RHYTHM, event=event)).measurements
    assert "qrs_onset_ms" not in without_beat


def test_the_matrix_names_its_units(tmp_path):
    values = "".join(
        f"<annotation_lead><name>{name}</name><value>{value}</value></annotation_lead>"
        for name, value in (("R_AMPL", "0.73"), ("R-_DUR", "12"), ("S-_AMPL", "-"), ("ST_SLP", "0.04"))
    )
    beat = block("ECG_AVERAGES", DIGITAL[:, :60], ["AVF"] + ["I"] * 11, values=values)
    assert read(write_schiller(tmp_path, beat + RHYTHM)).lead_measurements == {
        "aVF": {"r_ampl_mv": 0.73, "r_prime_dur_ms": 12, "st_slp": 0.04}
    }


def test_beats_of_the_rhythm_are_marked_in_seconds(tmp_path):
    lists = {"R_QRS_ON": ("50", "-", "100"), "R_QRS_TYPE": ("0", "0", "1"), "R_T_OFF": ("80",), "PACEMAKER": ()}
    event = "".join(
        f"<rhythm_global><name>{name}</name>{''.join(f'<value>{value}</value>' for value in values)}</rhythm_global>"
        for name, values in lists.items()
    )
    assert read(write_schiller(tmp_path, RHYTHM, event=event)).annotations == (
        Annotation(0.1, "QRS onset"), Annotation(0.1, "QRS type 0"), Annotation(0.16, "T end"),
        Annotation(0.2, "QRS onset"), Annotation(0.2, "QRS type 1"),
    )  # fmt: skip


def test_the_interpretation_is_split_into_statements(tmp_path):
    event = (
        "<textdata><type>INTERPRETATION</type><remarks/><textdata>SINUS RHYTHM\n\n  NORMAL ECG </textdata></textdata>"
        "<textdata><type>COMMENT</type><textdata>nothing</textdata></textdata>"
    )
    assert read(write_schiller(tmp_path, RHYTHM, event=event)).statements == ("SINUS RHYTHM", "NORMAL ECG")


def test_filters_of_the_data_are_told_and_those_of_the_display_are_not(tmp_path):
    def filters(**values: str) -> str:
        return "".join(f"<filter><name>{name}</name><value>{value}</value></filter>" for name, value in values.items())

    event = f"<filters_display>{filters(MYOGRAM='35')}</filters_display><filters_data>"
    event += (
        filters(MAINS="60", LOWPASS_CUTOFF_FREQ="150", HIGHPASS_CUTOFF_FREQ="OFF", SMOOTHING="ON") + "</filters_data>"
    )
    record = read(write_schiller(tmp_path, RHYTHM, event=event))
    assert record.provenance.device_filters == ("notch 60 Hz", "low-pass 150 Hz", "smoothing")


@pytest.mark.real_data
def test_the_real_file_agrees_with_itself(real_data):
    record = read(real_data / REAL)
    told = record.measurements
    assert told["qrs_offset_ms"] - told["qrs_onset_ms"] == told["qrs_ms"] == 94
    assert told["t_offset_ms"] - told["qrs_onset_ms"] == told["qt_ms"] == 370
    assert told["p_offset_ms"] - told["p_onset_ms"] == told["p_ms"] == 108
    onset, end = (round(told[name] / 2) for name in ("qrs_onset_ms", "qrs_offset_ms"))
    for lead, row in zip(record.leads, record.median_beat.signal, strict=True):
        # its own amplitudes are millivolts from the onset of QRS; rounded, and of the first R wave only
        if lead not in {"aVR", "aVF"}:
            assert record.lead_measurements[lead]["r_ampl_mv"] == pytest.approx(
                row[onset:end].max() - row[onset], abs=0.021
            )
    steepness = np.abs(np.diff(record.signal, axis=1)).sum(axis=0)
    onsets = [round(mark.time_s * 500) for mark in record.annotations if mark.label == "QRS onset"]
    assert len(onsets) == 11
    assert all(steepness[at : at + 47].max() > 10 * steepness[at - 60 : at - 5].max() for at in onsets)


@pytest.mark.real_data
def test_placeholders_of_the_real_file_are_unknown(real_data):
    record = read(real_data / REAL)
    assert (record.patient_id, record.time, record.age_years, record.sex) == (None, None, None, "U")
    assert record.device == "Schiller AT-10P"
    assert FORMAT.identifiers(RecordLocation("x", str(real_data / REAL), "schiller", {})) == ()
