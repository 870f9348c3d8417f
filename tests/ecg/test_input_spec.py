"""An input spec refuses what contradicts itself, survives JSON, and its ingest half has a hash of its own."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError


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
        ({"ingest": {"version": 99}}, r"version 99, this einthoven reads up to 1"),
    ],
)
def test_contradictions_are_refused_with_the_remedy(values, message):
    """Each refusal says what is accepted."""
    with pytest.raises(SpecificationError, match=message):
        InputSpec.from_dict(values)
