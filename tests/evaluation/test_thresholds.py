from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import LeakageError
from einthoven.evaluation.thresholds import Threshold, refuse_own_splits


def test_a_threshold_refuses_the_scores_it_was_chosen_on():
    """The same split of the same predictions; another split or other predictions are fine."""
    threshold = Threshold("AF", 0.5, "youden", "validation", "abc")
    with pytest.raises(LeakageError, match="chosen on split 'validation'"):
        threshold.apply(np.array([0.4]), split="validation", predictions_hash="abc")
    for split, content in (("test", "abc"), ("validation", "other")):
        assert threshold.apply(np.array([0.4, 0.5]), split=split, predictions_hash=content).tolist() == [False, True]


def test_a_threshold_that_does_not_say_of_which_predictions_refuses_its_split_everywhere():
    """It may have been chosen on these; one that says nothing of its origin is applied."""
    unnamed = Threshold("AF", 0.5, "stated", "test", "")
    with pytest.raises(LeakageError, match="'external'"):
        unnamed.apply(np.array([0.4]), split="test", predictions_hash="abc")
    assert unnamed.apply(np.array([0.6]), split="external", predictions_hash="abc").tolist() == [True]
    assert Threshold("AF", 0.5, "stated", "", "").apply(np.array([0.6]), split="test", predictions_hash="abc").all()


def test_cut_offs_from_a_split_that_is_reported_are_refused_by_name():
    """Before anything is computed; cut-offs of validation are not applied there and may stay."""
    chosen = [Threshold("AF", 0.5, "youden", "validation", "abc"), Threshold("LBBB", 0.4, "stated", "test", "abc")]
    with pytest.raises(LeakageError, match=r"cut-off 0\.4 for label 'LBBB' was chosen on split 'test'"):
        refuse_own_splits(chosen, splits=("test", "external"), predictions_hash="abc")
    refuse_own_splits(chosen, splits=("external", "validation"), predictions_hash="abc")
    refuse_own_splits(chosen, splits=("test",), predictions_hash="other")
