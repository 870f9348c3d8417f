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
