"""An estimate without a value has a reason."""

from __future__ import annotations

import json
import math

import pytest

from einthoven.evaluation.estimate import Estimate


def test_missing_value_needs_a_reason():
    """NaN alone would pass through a table unnoticed."""
    with pytest.raises(ValueError, match="needs a reason"):
        Estimate(math.nan, math.nan, math.nan, n=5, events=0, clusters=5, method="DeLong")


def test_undefined_estimate_becomes_null_in_json():
    """JSON has no NaN."""
    estimate = Estimate.undefined("no positives", n=5, events=0, clusters=5, method="DeLong")
    plain = json.loads(json.dumps(estimate.to_dict(), allow_nan=False))
    assert plain["value"] is None
    assert plain["reason"] == "no positives"


def test_a_limit_at_infinity_becomes_null_in_json():
    """A ratio of a single patient has no limits, and JSON has no infinity."""
    estimate = Estimate(0.7, -math.inf, math.inf, n=5, events=2, clusters=1, method="no interval: a single patient")
    plain = json.loads(json.dumps(estimate.to_dict(), allow_nan=False))
    assert (plain["value"], plain["low"], plain["high"]) == (0.7, None, None)
