"""What a store holds of a record, and which records are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.baseline_median import median_baseline
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.leads import STANDARD_LEADS, lead_mask
from einthoven.ecg.prepare import ABSENT, prepare
from einthoven.ecg.record import Provenance, Record
from einthoven.ecg.resample import filter_and_resample
from einthoven.errors import LeadError, SignalError, UnitError

PLAIN = IngestSpec(rate_hz=500.0, filter=FilterSpec(kind="none"))


def make_record(leads=STANDARD_LEADS, *, n_samples=5000, unit="mV", **changes):
    """Noise whose limb leads obey Einthoven's law."""
    full = np.random.default_rng(0).normal(size=(12, n_samples))
    one, two = full[:2]
    full[2:6] = two - one, -(one + two) / 2, one - two / 2, two - one / 2
    rows = [STANDARD_LEADS.index(lead) for lead in leads]
    return Record(full[rows].astype(np.float32), tuple(leads), 500.0, "r7", unit=unit, **changes)


def with_nan(record, lead, samples):
    signal = record.signal.copy()
    signal[record.leads.index(lead), samples] = np.nan
    return dataclasses.replace(record, signal=signal)


def test_a_signal_comes_back_within_half_a_step():
    record = make_record()
    prepared = prepare(record, PLAIN)
    assert prepared.quantised.dtype == np.int16
    assert prepared.scale.dtype == np.float32
    assert (np.abs(prepared.quantised).max(axis=1) == 32767).all()
    assert (np.abs(prepared.signal() - record.signal) <= 0.51 * prepared.scale[:, np.newaxis]).all()
    assert prepared.signal().dtype == np.float32


def test_the_default_spec_gives_twelve_leads_at_250_hz():
    prepared = prepare(make_record(), IngestSpec())
    assert prepared.quantised.shape == (12, 2500)
    assert (prepared.rate_hz, prepared.leads, prepared.leads_present) == (250.0, STANDARD_LEADS, 4095)


def test_leads_come_in_the_order_of_the_spec():
    record = make_record(("V1", "II", "I"))
    prepared = prepare(record, dataclasses.replace(PLAIN, leads=("I", "V1")))
    assert np.abs(prepared.signal() - record.signal[[2, 0]]).max() < 1e-3
    assert prepared.leads_present == lead_mask(["I", "V1"])


@pytest.mark.parametrize("pair", [("I", "II"), ("II", "III"), ("aVR", "aVF"), ("III", "aVL")])
def test_any_two_limb_leads_give_the_other_four(pair):
    chest = STANDARD_LEADS[6:]
    prepared = prepare(make_record((*pair, *chest)), PLAIN)
    assert set(prepared.leads_derived) == set(STANDARD_LEADS[:6]) - set(pair)
    assert np.abs(prepared.signal() - make_record().signal).max() < 1e-3
    assert prepared.leads_present == 4095


def test_a_lead_that_the_reader_derived_is_named():
    record = make_record(provenance=Provenance("xml", "1", leads_derived=("III", "aVF")))
    prepared = prepare(record, dataclasses.replace(PLAIN, leads=("I", "III")))
    assert prepared.leads_derived == ("III",)


def test_a_missing_chest_lead_can_not_be_derived():
    with pytest.raises(LeadError, match=r"record r7 lacks V6.*missing_lead = 'zero'"):
        prepare(make_record(STANDARD_LEADS[:11]), PLAIN)


def test_one_limb_lead_is_not_enough():
    with pytest.raises(LeadError, match="record r7 lacks II, III"):
        prepare(make_record(("I", *STANDARD_LEADS[6:])), PLAIN)


def test_a_missing_lead_is_refused_with_the_remedy():
    with pytest.raises(LeadError, match=r"record r7 lacks III, it has I, II.*'derive' or 'zero'"):
        prepare(make_record(("I", "II")), dataclasses.replace(PLAIN, leads=("I", "III"), missing_lead="refuse"))


def test_a_missing_lead_may_be_stored_as_absent_and_reads_as_zero():
    spec = dataclasses.replace(PLAIN, leads=("V1", "I", "V2"), missing_lead="zero")
    prepared = prepare(make_record(("I",)), spec)
    assert (prepared.quantised[[0, 2]] == ABSENT).all()
    assert (prepared.signal()[[0, 2]] == 0).all()
    assert (prepared.scale[[0, 2]] == 0).all()
    assert prepared.leads_present == lead_mask(["I"])
    assert prepared.quantised[1].min() > ABSENT


def test_a_record_without_any_wanted_lead_is_refused_even_where_zero_is_allowed():
    with pytest.raises(LeadError, match="record r7 lacks V1"):
        prepare(make_record(("I",)), dataclasses.replace(PLAIN, leads=("V1",), missing_lead="zero"))


def test_a_lead_that_is_nan_throughout_counts_as_missing():
    record = with_nan(make_record(), "aVF", slice(None))
    assert prepare(record, PLAIN).leads_derived == ("aVF",)
    absent = prepare(record, dataclasses.replace(PLAIN, missing_lead="zero"))
    assert absent.leads_present == 4095 - lead_mask(["aVF"])
    with pytest.raises(LeadError, match="lacks aVF"):
        prepare(record, dataclasses.replace(PLAIN, missing_lead="refuse"))


def test_nan_inside_a_lead_is_refused_with_place_and_number():
    with pytest.raises(SignalError, match=r"record r7 holds 3 NaN.* of 5000 samples in lead V2, the first at 2\.000 s"):
        prepare(with_nan(make_record(), "V2", slice(1000, 1003)), PLAIN)


def test_infinite_samples_are_refused():
    record = make_record()
    record.signal[4, 0] = np.inf
    with pytest.raises(SignalError, match="1 NaN or infinite of 5000 samples in lead aVL"):
        prepare(record, PLAIN)


def test_nan_in_a_lead_that_the_spec_leaves_out_does_no_harm():
    record = with_nan(make_record(), "V6", slice(0, 10))
    assert prepare(record, dataclasses.replace(PLAIN, leads=("I", "II"))).leads_present == 3


def test_nan_in_a_source_of_a_derived_lead_is_refused():
    record = with_nan(make_record(("I", "II")), "II", 5)
    with pytest.raises(SignalError, match="lead II"):
        prepare(record, dataclasses.replace(PLAIN, leads=("I", "III")))


def test_millivolts_are_never_guessed():
    with pytest.raises(UnitError, match=r"record r7 has no amplitude unit.*unit = 'arbitrary'"):
        prepare(make_record(unit="arbitrary"), PLAIN)


@pytest.mark.parametrize("unit", ["mV", "arbitrary"])
def test_an_arbitrary_spec_takes_both_and_keeps_the_records_unit(unit):
    prepared = prepare(make_record(unit=unit), dataclasses.replace(PLAIN, unit="arbitrary"))
    assert prepared.unit == unit


def test_a_zero_lead_has_scale_zero():
    record = make_record()
    record.signal[5] = 0
    prepared = prepare(record, IngestSpec())
    assert prepared.scale[5] == 0
    assert not prepared.quantised[5].any()
    assert prepared.leads_present == 4095


def test_a_single_sample_is_refused():
    with pytest.raises(SignalError, match="single sample"):
        prepare(make_record(n_samples=1), PLAIN)


def test_two_samples_are_prepared():
    assert prepare(make_record(n_samples=2), IngestSpec()).quantised.shape == (12, 1)


def test_a_record_sampled_too_slowly_is_refused():
    record = dataclasses.replace(make_record(), sampling_rate_hz=75.0)
    with pytest.raises(SignalError, match=r"record r7 is sampled at 75 Hz.*filter\.high_hz"):
        prepare(record, IngestSpec())


def test_the_hash_follows_the_signal_and_nothing_else():
    record = make_record()
    first = prepare(record, IngestSpec()).signal_hash()
    renamed = dataclasses.replace(record, record_id="r8", patient_id="p1")
    louder = dataclasses.replace(record, signal=record.signal * 2)
    assert prepare(renamed, IngestSpec()).signal_hash() == first
    assert prepare(louder, IngestSpec()).signal_hash() != first
    assert len(first) == 32


def test_the_record_is_left_as_it_was():
    record = make_record()
    before = record.signal.copy()
    record.signal.setflags(write=False)
    prepare(record, IngestSpec())
    prepare(record, PLAIN)
    assert np.array_equal(record.signal, before)


def test_running_medians_take_the_baseline_off_what_was_resampled():
    record = make_record(("I", "II"), n_samples=2000)
    spec = dataclasses.replace(PLAIN, leads=("I", "II"), rate_hz=250.0)
    medians = dataclasses.replace(spec, filter=FilterSpec(kind="none", median_s=(0.2, 0.6)))
    resampled = filter_and_resample(record.signal, 500.0, spec)
    wanted = resampled - median_baseline(resampled, 250.0, (0.2, 0.6))
    prepared = prepare(record, medians)
    assert (np.abs(prepared.signal() - wanted) <= 0.51 * prepared.scale[:, np.newaxis]).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    "changes",
    [{"resampler": "linear", "rate_hz": 125.0}, {"filter": FilterSpec(kind="none", median_s=(0.4,))}],
    ids=str,
)
def test_a_gap_that_straight_lines_or_medians_would_step_over_is_refused(changes, value):
    record = make_record()
    signal = record.signal.copy()
    signal[3, 1001] = value
    with pytest.raises(SignalError, match=r"1 NaN or infinite of 5000 samples in lead aVR"):
        prepare(dataclasses.replace(record, signal=signal), dataclasses.replace(PLAIN, **changes))


@pytest.mark.parametrize("resampler", ["fft", "polyphase", "linear"])
def test_without_filter_and_at_its_own_rate_a_record_is_only_quantised(resampler):
    """Each step is the nearest one to the sample that was read."""
    record = make_record()
    prepared = prepare(record, dataclasses.replace(PLAIN, resampler=resampler))
    steps = np.rint(record.signal.astype(np.float64) / prepared.scale[:, np.newaxis])
    assert np.abs(prepared.quantised - steps).max() <= 1
    assert (np.abs(prepared.signal() - record.signal) <= 0.51 * prepared.scale[:, np.newaxis]).all()


def test_a_constant_lead_survives_every_filter():
    signal = np.stack([np.full(3000, 0.7), np.random.default_rng(1).normal(size=3000)]).astype(np.float32)
    record = Record(signal, ("I", "II"), 500.0, "r7")
    for band in (
        FilterSpec("fir", 0.05, 47.0, length_s=0.3),
        FilterSpec("butterworth_pair", 0.67, None, order=5),
        FilterSpec("none", median_s=(0.2, 0.6)),
    ):
        prepared = prepare(record, IngestSpec(leads=("I", "II"), rate_hz=250.0, filter=band))
        assert np.isfinite(prepared.signal()).all()
        assert np.abs(prepared.signal()[0, 200:-200]).max() <= 0.7001


@pytest.mark.parametrize("resampler", ["fft", "polyphase", "linear"])
def test_what_is_prepared_lies_in_memory_as_a_store_reads_it(resampler):
    """Sums over samples round otherwise in another order, and a served ECG would differ from a stored one."""
    prepared = prepare(make_record(), dataclasses.replace(PLAIN, rate_hz=200.0, resampler=resampler))
    assert prepared.quantised.flags.c_contiguous
