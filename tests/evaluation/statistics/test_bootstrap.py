from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics import bootstrap
from einthoven.evaluation.statistics.bootstrap import bootstrap_p_value, patient_draws, rarest_class


def draw(stratum, **changes):
    settings = {"resamples": 50, "seed": 3, "records": len(stratum)} | changes
    return np.concatenate(list(patient_draws(np.asarray(stratum), **settings)))


def test_each_resample_keeps_the_size_of_each_stratum():
    """Draws never cross strata."""
    stratum = np.array([5, 1, 1, 5, 5, 1, 0])
    counts = draw(stratum)
    assert counts.shape == (50, 7)
    for value in (0, 1, 5):
        assert (counts[:, stratum == value].sum(axis=1) == (stratum == value).sum()).all()


def test_draws_depend_on_the_seed_alone(monkeypatch):
    """Smaller blocks give the same numbers, another seed gives others."""
    stratum = np.arange(40) % 3
    whole = draw(stratum)
    monkeypatch.setattr(bootstrap, "BLOCK_CELLS", 90)
    assert np.array_equal(draw(stratum), whole)
    assert not np.array_equal(draw(stratum, seed=4), whole)


def test_patients_are_drawn_evenly():
    """Each patient is drawn once on average, with the variance of a multinomial."""
    counts = draw(np.zeros(20, dtype=int), resamples=20_000)
    assert counts.mean(axis=0) == pytest.approx(np.ones(20), abs=0.03)
    assert counts.var() == pytest.approx(0.95, abs=0.01)


def test_a_patient_belongs_to_the_rarest_class_it_has():
    """The one positive of label 1 outranks the two of label 0; patients without truth stay apart."""
    truth = np.array([[1, 0], [1, 1], [0, 0], [0, 0], [0, 0], [np.nan, np.nan]])
    stratum = rarest_class(truth, patient=np.arange(6), patients=6)
    assert stratum.tolist() == [1, 3, 0, 0, 0, -1]


def test_a_single_label_never_loses_a_class():
    """Even where most patients have both classes."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(12), 2)
    truth = (rng.random(24) < 0.5).astype(float)[:, None]
    counts = draw(rarest_class(truth, patient=patient, patients=12), resamples=2000)
    weights = counts[:, patient]
    assert (weights[:, truth[:, 0] == 1].sum(axis=1) > 0).all()
    assert (weights[:, truth[:, 0] == 0].sum(axis=1) > 0).all()


def test_no_resamples_are_refused():
    """A bootstrap of nothing has no interval."""
    with pytest.raises(SpecificationError, match="at least 1 resample"):
        draw([0, 0], resamples=0)


def test_the_p_value_is_never_zero_and_one_without_a_difference():
    """The estimate itself is counted in; NaN is left out."""
    assert bootstrap_p_value(np.full(99, 0.2)) == 0.02
    assert bootstrap_p_value(np.array([0.0, 0.0, np.nan])) == 1.0
