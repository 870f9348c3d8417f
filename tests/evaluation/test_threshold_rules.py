from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import OneClassError
from einthoven.evaluation.threshold_rules import youden


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
