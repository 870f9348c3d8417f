"""An input spec refuses what contradicts itself, survives JSON, and its ingest half has a hash of its own."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError

# of stores and checkpoints that exist: a field that comes later must leave them alone
KNOWN_HASHES = [
    (IngestSpec(), "f96bd51ffa48184cd0bdd3722e7302fc897ba0009ab96fd2fe1b5ba7bc6cccca"),
    (
        IngestSpec(leads=("I", "II", "V1"), rate_hz=100.0, filter=FilterSpec(kind="none")),
        "01e4748b7c401dad0f4e7e6a755048445a96031d34b609bd8a985a9cfafa781a",
    ),
    (
        IngestSpec(
            leads=("I",),
            missing_lead="zero",
            unit="arbitrary",
            rate_hz=500,
            filter=FilterSpec(low_hz=0.5, high_hz=45.0, order=2, notch_hz=50.0),
            pad_s=2.0,
            resampler="polyphase",
        ),
        "e146626d708f63da70283068da63eca7931cdb402ed145a2987c2b231fe4e58c",
    ),
]
FULL = InputSpec(
    IngestSpec(
        leads=("II", "I"),
        rate_hz=400,
        resampler="linear",
        filter=FilterSpec("fir", None, 47.0, length_s=0.3, notch_hz=(50.0, 100.0), median_s=(0.2, 0.6)),
    ),
    ViewSpec(
        short="pad_centre",
        normalise=NormaliseSpec("minmax", "record", low=-1.0, high=1.0, extent="record"),
        long=LongSpec(windows=2, stride_s=5.0, max_labels=("pacemaker",)),
    ),
)


@pytest.mark.parametrize(("spec", "known"), KNOWN_HASHES, ids=["default", "unfiltered", "notch"])
def test_hashes_of_existing_stores_stay_what_they_are(spec, known):
    """Fields that came later have no part in it while they have their default."""
    assert spec.ingest_hash == known


@pytest.mark.parametrize(
    "other",
    [
        FilterSpec(median_s=(0.4,)),
        FilterSpec("butterworth_pair"),
        FilterSpec("butterworth_pair", lowpass_order=5),
        FilterSpec("butterworth_pair", low_hz=None),
        FilterSpec("fir", length_s=0.3),
        FilterSpec("fir", length_s=0.4),
        FilterSpec(notch_hz=(50.0, 100.0)),
    ],
    ids=str,
)
def test_every_later_field_has_its_part_in_the_hash(other):
    """Once it is used."""
    hashes = {IngestSpec(filter=other).ingest_hash, *(known for _, known in KNOWN_HASHES)}
    hashes |= {
        IngestSpec(filter=other, **more).ingest_hash for more in ({"resampler": "linear"}, {"filter_at": "stored"})
    }
    assert len(hashes) == 6


def test_default_is_twelve_leads_in_mv_at_250_hz_from_067_to_40_hz():
    """What the command line promises without a spec."""
    ingest = InputSpec().ingest
    assert (len(ingest.leads), ingest.unit, ingest.rate_hz) == (12, "mV", 250.0)
    assert (ingest.filter.low_hz, ingest.filter.high_hz, ingest.filter.zero_phase) == (0.67, 40.0, True)


def test_json_round_trip_keeps_every_field():
    """Tuples and nested tables come back as they were."""
    normalise = NormaliseSpec("zscore", "dataset", (0.0,), (0.2,))
    spec = InputSpec(IngestSpec(leads=("I", "II"), rate_hz=100), ViewSpec(crop=(0.0, 1.0), normalise=normalise))
    assert InputSpec.from_json(spec.to_json()) == spec
    assert InputSpec.from_json(FULL.to_json()) == FULL


def test_a_corner_may_be_none_in_a_study_file():
    """TOML has no word for nothing."""
    values = {"ingest": {"filter": {"kind": "butterworth_pair", "low_hz": 0.5, "high_hz": "none"}}}
    assert InputSpec.from_dict(values).ingest.filter == FilterSpec("butterworth_pair", 0.5, None)


def test_json_of_an_earlier_version_gives_the_spec_that_wrote_it():
    """What came later is absent there, and stays absent while it has its default."""
    text = InputSpec().to_json()
    assert not any(word in text for word in ("lowpass_order", "length_s", "median_s", "extent", "upper", "max_labels"))
    assert InputSpec.from_json(text) == InputSpec()


def test_hash_knows_the_ingest_half_alone():
    """A store serves every view; another filter needs another store."""
    spec = InputSpec()
    assert dataclasses.replace(spec, view=ViewSpec(window_s=5)).ingest.ingest_hash == spec.ingest.ingest_hash
    assert IngestSpec(filter=FilterSpec(low_hz=0.5)).ingest_hash != spec.ingest.ingest_hash


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"ingest": {"rate": 100}}, r"input\.ingest has no key 'rate'; did you mean 'rate_hz'"),
        ({"ingest": {"leads": ["I", "V7"]}}, r"leads must be some of .*got \['I', 'V7'\]"),
        ({"ingest": {"leads": ["I", "I"]}}, r"each once"),
        ({"ingest": {"rate_hz": 60}}, r"high_hz must lie below half of rate_hz \(30\.0\), got 40"),
        ({"ingest": {"filter": {"low_hz": 50, "high_hz": 40}}}, r"0 < low_hz < high_hz"),
        ({"ingest": {"filter": {"zero_phase": False}}}, r"only zero-phase"),
        ({"ingest": {"unit": "arbitrary"}}, r"unit 'arbitrary' needs a normalisation"),
        ({"ingest": {"leads": ["I"]}, "view": {"leads": ["II"]}}, r"view\.leads must be stored leads"),
        ({"view": {"window_s": 0}}, r"window_s must be positive"),
        ({"ingest": {"filter": {"kind": "cheby"}}}, r"'butterworth', 'butterworth_pair', 'fir', 'none', got 'cheby'"),
        ({"ingest": {"filter": {"low_hz": None}}}, r"needs low_hz and high_hz, got None and 40"),
        (
            {"ingest": {"filter": {"kind": "butterworth_pair", "low_hz": None, "high_hz": None}}},
            r"needs low_hz or high_hz, got neither",
        ),
        ({"ingest": {"filter": {"kind": "fir"}}}, r"length_s is what kind 'fir' needs .* got None with 'fir'"),
        ({"ingest": {"filter": {"length_s": 0.3}}}, r"length_s .* got 0.3 with 'butterworth'"),
        ({"ingest": {"filter": {"kind": "fir", "length_s": 0.0}}}, r"length_s must be positive, got 0"),
        ({"ingest": {"filter": {"kind": "fir", "length_s": 9.0}}}, r"length_s must not exceed pad_s \(5\.0\), got 9"),
        ({"ingest": {"filter": {"lowpass_order": 4}}}, r"lowpass_order belongs to kind 'butterworth_pair', got 4"),
        ({"ingest": {"filter": {"order": 0}}}, r"filter\.order must be 1 or more, got 0"),
        ({"ingest": {"filter": {"median_s": [0.2, 0.0]}}}, r"median_s must be positive, got 0\.2, 0\.0"),
        ({"ingest": {"filter": {"notch_hz": [50, -1]}}}, r"notch_hz must be positive, got 50, -1"),
        ({"ingest": {"resampler": "cubic"}}, r"'fft', 'polyphase', 'linear', got 'cubic'"),
        ({"view": {"short": "pad"}}, r"'refuse', 'pad_zero', 'pad_centre', got 'pad'"),
        ({"view": {"normalise": {"method": "robust"}}}, r"'none', 'zscore', 'minmax', got 'robust'"),
        ({"view": {"normalise": {"method": "minmax", "low": 1.0}}}, r"low < high, got 1\.0 and 1\.0"),
        ({"view": {"normalise": {"method": "zscore", "low": -1.0}}}, r"belong to method 'minmax', got -1\.0 and 1\.0"),
        ({"view": {"normalise": {"method": "minmax", "scope": "dataset"}}}, r"'lead' or 'record', got 'dataset'"),
        ({"view": {"normalise": {"extent": "record"}}}, r"extent 'record' needs .* got 'none'"),
        (
            {"view": {"normalise": {"method": "zscore", "scope": "dataset", "extent": "record"}}},
            r"extent 'record' needs .* got 'zscore' with 'dataset'",
        ),
        ({"view": {"normalise": {"method": "zscore", "upper": [1.0]}}}, r"lower and upper belong to .* 'dataset'"),
        (
            {"view": {"normalise": {"method": "zscore", "scope": "dataset", "lower": [1.0], "upper": [1.0]}}},
            r"lower < upper for each lead, got 1\.0 and 1\.0",
        ),
        (
            {"view": {"normalise": {"method": "zscore", "scope": "dataset", "lower": [0.0, 0.0]}}},
            r"normalise\.lower needs one value, or one for each of 12 leads, got 2",
        ),
        ({"view": {"long": {"max_labels": ["a"]}}}, r"max_labels needs long\.windows of 2 or more, got 1"),
        ({"view": {"long": {"aggregate": "median"}}}, r"'mean', 'max', got 'median'"),
        ({"ingest": {"version": 99}}, r"version 99, this einthoven reads up to 1"),
    ],
)
def test_contradictions_are_refused_with_the_remedy(values, message):
    """Each refusal says what is accepted."""
    with pytest.raises(SpecificationError, match=message):
        InputSpec.from_dict(values)
