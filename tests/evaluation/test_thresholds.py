from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import LeakageError, OneClassError
from einthoven.evaluation.thresholds import Threshold, youden


def test_youden_is_the_best_of_all_cuts(reference):
    """By trying each."""
    truth, score = reference.truth, reference.a

    def index(cut):
        called = score >= cut
        return called[truth == 1].mean() + (~called)[truth == 0].mean() - 1

    best = max(index(cut) for cut in np.unique(score))
    assert index(youden(score, truth)) == pytest.approx(best, abs=1e-14)


def test_of_equally_good_cuts_the_lowest_is_taken():
    """Sensitivity goes first."""
    assert youden([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]) == 0.2


def test_one_class_has_no_cut():
    """Refused as by every statistic."""
    with pytest.raises(OneClassError):
        youden([0.1, 0.2], [0, 0])


def test_a_threshold_refuses_the_scores_it_was_chosen_on():
    """The same split of the same predictions; another split or other predictions are fine."""
    threshold = Threshold("AF", 0.5, "youden", "validation", "abc")
    with pytest.raises(LeakageError, match="chosen on split 'validation'"):
        threshold.apply(np.array([0.4]), split="validation", predictions_hash="abc")
    for split, content in (("test", "abc"), ("validation", "other")):
        assert threshold.apply(np.array([0.4, 0.5]), split=split, predictions_hash=content).tolist() == [False, True]
