"""Strata are as fine as the verified records allow, and say how they were made."""

from __future__ import annotations

import numpy as np

from einthoven.evaluation.verification_strata import verification_strata

RNG = np.random.default_rng(0)
CALLED = RNG.random(1000) < 0.4
SEX = np.where(RNG.random(1000) < 0.5, "F", "M").astype(object)
AGE = RNG.normal(60, 10, 1000)
ALL = np.ones(1000, dtype=bool)


def test_numbers_are_cut_into_groups_of_equal_size_and_crossed_with_texts():
    """Five ages by two sexes, each of 100 records or so."""
    strata = verification_strata({"covariate.age_years": AGE, "group.sex": SEX}, CALLED, ALL)
    assert strata.words == "covariate.age_years in 5 groups x group.sex"
    assert np.unique(strata.code).size == 10
    assert np.bincount(strata.code).min() > 80


def test_few_verified_records_make_fewer_groups_and_at_last_none():
    """Each cell of call and stratum holds five verified ones."""
    for few, words in ((60, "age in 3 groups"), (12, "no strata; too few are verified to cut age")):
        told = np.zeros(1000, dtype=bool)
        told[:few] = True
        strata = verification_strata({"age": AGE}, CALLED, told)
        assert strata.words == words
        assert np.unique(strata.code).size == (3 if "3" in words else 1)


def test_missing_numbers_are_a_group_and_none_at_all_a_single_one():
    """Whoever has no age is compared with others without one."""
    strata = verification_strata({"age": np.where(CALLED, AGE, np.nan)}, RNG.random(1000) < 0.5, ALL)
    assert np.unique(strata.code[~CALLED]).size == 1
    assert not set(strata.code[~CALLED]) & set(strata.code[CALLED])
    assert np.unique(verification_strata({"age": np.full(1000, np.nan)}, CALLED, ALL).code).size == 1
    assert np.unique(verification_strata({}, CALLED, ALL).code).size == 1
