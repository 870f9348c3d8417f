from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import LeakageError
from einthoven.evaluation.thresholds import Threshold


def test_a_threshold_refuses_the_scores_it_was_chosen_on():
    """The same split of the same predictions; another split or other predictions are fine."""
    threshold = Threshold("AF", 0.5, "youden", "validation", "abc")
    with pytest.raises(LeakageError, match="chosen on split 'validation'"):
        threshold.apply(np.array([0.4]), split="validation", predictions_hash="abc")
    for split, content in (("test", "abc"), ("validation", "other")):
        assert threshold.apply(np.array([0.4, 0.5]), split=split, predictions_hash=content).tolist() == [False, True]
