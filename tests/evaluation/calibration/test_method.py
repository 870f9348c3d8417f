from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.calibration.method import LOWEST, as_logit, as_probability


def test_probabilities_are_held_off_0_and_1():
    """Of probabilities and of logits; others pass as they are."""
    assert as_probability(np.array([0.0, 0.5, 1.0]), "probability").tolist() == [LOWEST, 0.5, 1 - LOWEST]
    assert as_probability(np.array([-1000.0, 0.0]), "logit").tolist() == [LOWEST, 0.5]
    assert np.abs(as_logit(np.array([0.0, 1.0]), "probability")).max() < 14
    assert as_logit(np.array([-300.0, 4.0]), "value").tolist() == [-300, 4]


def test_what_is_no_probability_is_refused():
    """With its position."""
    with pytest.raises(InvalidScoreError, match=r"got 1\.5 at position 1"):
        as_probability(np.array([0.5, 1.5]), "probability")
