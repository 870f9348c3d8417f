"""Each fault that is put into a clean ECG is found, in its own lead, and clean ECGs of any shape pass."""

from __future__ import annotations

import csv
import dataclasses

import numpy as np
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.leads import STANDARD_LEADS, lead_mask
from einthoven.ecg.quality import Quality, quality
from einthoven.ecg.record import Record
from einthoven.evaluation.statistics.auroc import auroc
from fakes.ecg_records import fake_record

VOLTAGES = ("height_mv", "wander_mv", "noise_mv", "mains_50_mv", "mains_60_mv")
RATE = 500.0
TIME = np.arange(5000) / RATE


def clean_record(**changes) -> Record:
    """Return 10 s at 500 Hz whose limb leads obey Einthoven's law."""
    record = fake_record(rate_hz=RATE)
    one, two = record.signal[:2]
    record.signal[2:6] = two - one, -(one + two) / 2, one - two / 2, two - one / 2
    return dataclasses.replace(record, **changes)


def with_lead(lead, samples) -> Record:
    """Return the clean record with one lead replaced by what a function makes of it."""
    record = clean_record()
    row = STANDARD_LEADS.index(lead)
    record.signal[row] = samples(record.signal[row])
    return record


def test_a_clean_record_is_acceptable_and_has_no_flag():
    measured = quality(clean_record())
    assert measured.acceptable
    assert measured.score > 0.9
    assert not any(value for name, value in measured.to_dict().items() if name.startswith("leads_"))
    assert not any((measured.einthoven_violated, measured.arms_reversed, measured.leg_reversed))
    assert measured.einthoven_error == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("flag", "damage"),
    [
        ("leads_missing", lambda lead: lead * np.nan),
        ("leads_flat", lambda lead: lead * 0 + 0.3),
        ("leads_clipped", lambda lead: np.clip(lead, -9, np.quantile(lead, 0.9))),
        ("leads_wandering", lambda lead: lead + np.sin(2 * np.pi * 0.2 * TIME)),
        ("leads_noisy", lambda lead: lead + np.random.default_rng(0).normal(0, 0.4, 5000)),
        ("leads_mains", lambda lead: lead + 0.05 * np.sin(2 * np.pi * 50 * TIME)),
        ("leads_mains", lambda lead: lead + 0.05 * np.cos(2 * np.pi * 60 * TIME)),
        ("leads_unusable", lambda lead: lead + 10 * np.sign(np.sin(2 * np.pi * 1.3 * TIME))),
    ],
)
def test_a_damaged_lead_is_flagged_and_no_other(flag, damage):
    measured = quality(with_lead("V3", damage))
    assert getattr(measured, flag) == lead_mask(["V3"])


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 360.0, 250.0, 257.0])
@pytest.mark.parametrize(("frequency", "other"), [(50, 60), (60, 50)])
def test_mains_are_measured_in_millivolts_at_any_rate(rate_hz, frequency, other):
    time = np.arange(round(10 * rate_hz)) / rate_hz
    signal = 0.2 * np.sin(2 * np.pi * frequency * time + 1).astype(np.float32)[np.newaxis]
    measured = quality(Record(signal, ("I",), rate_hz, "r1")).to_dict()
    assert measured[f"mains_{frequency}_mv"] == pytest.approx(0.2, rel=0.02)
    assert measured[f"mains_{other}_mv"] < 0.002


def test_the_share_of_nan_is_counted():
    measured = quality(with_lead("II", lambda lead: np.where(TIME < 2.5, np.nan, lead)))
    assert measured.nan_share == pytest.approx(0.25)
    assert measured.leads_missing == 0
    assert 0.25 / 12 <= measured.unusable_share < 0.05


def test_more_lost_leads_make_a_lower_score():
    scores = []
    for lost in range(0, 13, 3):
        record = clean_record()
        record.signal[12 - lost :] = 0
        scores.append(quality(record).score)
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.01


def test_a_record_of_noise_is_not_acceptable():
    noise = np.random.default_rng(0).normal(0, 0.3, (12, 5000)).astype(np.float32)
    assert not quality(Record(noise, STANDARD_LEADS, RATE, "r1")).acceptable


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_a_unit_that_is_wrong_by_a_thousand_is_refused(factor):
    record = clean_record()
    measured = quality(dataclasses.replace(record, signal=record.signal * np.float32(factor)))
    assert not measured.height_plausible
    assert not measured.acceptable


@pytest.mark.parametrize("factor", [0.3, 3.0])
def test_a_low_or_high_ecg_keeps_its_unit(factor):
    record = clean_record()
    assert quality(dataclasses.replace(record, signal=record.signal * np.float32(factor))).height_plausible


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
def test_without_unit_the_scale_does_not_matter_and_voltages_are_none(factor):
    record = clean_record(unit="arbitrary")
    measured = quality(dataclasses.replace(record, signal=record.signal * np.float32(factor)))
    assert measured.acceptable
    assert measured.height_plausible
    assert all(getattr(measured, name) is None for name in (*VOLTAGES, "einthoven_error", "lowest_limb_share"))
    assert measured.score == pytest.approx(quality(record).score, abs=1e-3)


def test_exchanged_arm_electrodes_are_found():
    record = clean_record()
    record.signal[[0, 1, 2, 3, 4, 5]] = record.signal[[0, 2, 1, 4, 3, 5]]
    record.signal[0] *= -1
    measured = quality(record)
    assert measured.arms_reversed
    assert not measured.einthoven_violated
    assert measured.acceptable


def test_an_arm_electrode_on_the_right_leg_is_found():
    """Right arm and right leg exchanged: II is flat, III is minus I."""
    record = clean_record()
    one = record.signal[0].copy()
    record.signal[1] = 0.01 * one
    record.signal[2] = record.signal[1] - one
    assert quality(record).leg_reversed


def test_two_leads_with_exchanged_names_break_einthovens_law():
    record = clean_record()
    record.signal[[1, 3]] = record.signal[[3, 1]]
    measured = quality(record)
    assert measured.einthoven_violated
    assert measured.einthoven_error > 0.5


@pytest.mark.parametrize("leads", [("I",), ("I", "II"), ("V1", "V2", "V3"), STANDARD_LEADS[:6], STANDARD_LEADS])
@pytest.mark.parametrize(("rate_hz", "seconds"), [(100.0, 10), (240.0, 2), (257.0, 10), (500.0, 60), (1000.0, 10)])
def test_a_clean_record_of_any_shape_is_acceptable(leads, rate_hz, seconds):
    measured = quality(fake_record(leads=leads, rate_hz=rate_hz, seconds=seconds))
    assert measured.acceptable
    assert measured.leads_unusable == 0


@pytest.mark.parametrize("n_samples", [1, 2, 10, 99, 600])
@pytest.mark.parametrize("leads", [("II",), STANDARD_LEADS])
def test_however_short_a_record_its_quality_is_a_number(leads, n_samples):
    signal = np.random.default_rng(0).normal(size=(len(leads), n_samples)).astype(np.float32)
    measured = quality(Record(signal, leads, RATE, "r1"))
    assert 0 <= measured.score <= 1


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e30])
def test_a_hopeless_record_is_not_acceptable_and_never_an_error(value):
    signal = np.full((12, 5000), value, dtype=np.float32)
    measured = quality(Record(signal, STANDARD_LEADS, RATE, "r1"))
    assert not measured.acceptable
    assert 0 <= measured.score <= 1


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 3.7, 100_000.0])
def test_at_the_lowest_and_the_highest_rate_quality_is_a_number(rate_hz):
    assert np.isfinite(quality(clean_record(sampling_rate_hz=rate_hz)).score)


def test_the_plain_form_has_the_same_keys_for_every_record():
    for record in (clean_record(), fake_record(leads=("V1",), unit="arbitrary")):
        plain = quality(record).to_dict()
        assert tuple(plain) == tuple(field.name for field in dataclasses.fields(Quality))
        assert {type(value) for value in plain.values()} <= {bool, int, float, type(None)}


def test_the_record_is_left_as_it_was():
    record = with_lead("I", lambda lead: np.where(TIME < 1, np.nan, lead))
    before = record.signal.copy()
    quality(record)
    assert np.array_equal(record.signal, before, equal_nan=True)


@pytest.mark.real_data
def test_the_challenge_of_2011_is_told_apart(real_data):
    """AUROC of 0.95 or more for acceptable against unacceptable (0.977 in cross-validation)."""
    folder = real_data / "cinc2011"
    with (folder / "labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quality"] in ("acceptable", "unacceptable")]
    measured = [quality(read(folder / "set-a" / f"{row['record']}.hea", with_sha256=False)) for row in rows]
    truth = [row["quality"] == "acceptable" for row in rows]
    assert auroc([one.score for one in measured], truth).value > 0.95
    assert np.mean([one.acceptable for one in measured] == np.array(truth)) > 0.9


@pytest.mark.real_data
def test_a_published_archive_is_acceptable_almost_throughout(real_data):
    headers = sorted((real_data / "ptb_xl" / "records500").glob("*/*.hea"))[::5]
    measured = [quality(read(header, with_sha256=False)) for header in headers]
    assert np.mean([one.acceptable for one in measured]) >= 0.99
    assert all(one.height_plausible and not one.leg_reversed and not one.arms_reversed for one in measured)


@pytest.mark.real_data
def test_clean_tracings_of_a_quiet_recorder_are_not_called_flat(real_data):
    """LUDB has hardly any noise between slow beats."""
    headers = sorted((real_data / "ludb" / "data").glob("*.hea"))[::3]
    assert headers
    assert all(quality(read(header, with_sha256=False)).acceptable for header in headers)
