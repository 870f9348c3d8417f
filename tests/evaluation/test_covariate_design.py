"""Columns become numbers: levels side by side, missing ones filled in and marked, as the fitting records say."""

from __future__ import annotations

import numpy as np

from einthoven.evaluation.covariate_design import design_of, is_number

VALUES = {
    "covariate.age_years": np.array([50.0, np.nan, 70, 80]),
    "group.sex": np.array(["F", "unknown", "F", "M"], dtype=object),
}


def test_missing_numbers_are_the_median_and_marked():
    """The median is of those who have one; the commonest text is the reference."""
    assert design_of(VALUES).filled(VALUES).tolist() == [[50, 0, 0, 0], [70, 1, 0, 1], [70, 0, 0, 0], [80, 0, 1, 0]]


def test_models_that_know_missing_values_get_them():
    """Nothing is filled in and nothing marked."""
    found = design_of(VALUES).open(VALUES)
    assert np.isnan(found[1, 0])
    assert found[:, 1:].tolist() == [[0, 0], [0, 1], [0, 0], [1, 0]]


def test_other_records_are_filled_with_what_was_learnt():
    """Their own median, levels and lack of missing values play no part."""
    others = {
        "covariate.age_years": np.array([np.nan, 20.0]),
        "group.sex": np.array(["M", "X"], dtype=object),
    }
    assert design_of(VALUES).filled(others).tolist() == [[70, 1, 1, 0], [20, 0, 0, 0]]


def test_a_column_without_values_is_left_out_and_rare_levels_are_joined():
    """21 levels of a site are 20 columns at most."""
    sites = np.array([f"site {k:02d}" for k in range(40) for _ in range(40 - k)], dtype=object)
    found = design_of({"covariate.empty": np.full(sites.size, np.nan), "site": sites}).filled(
        {"covariate.empty": np.full(sites.size, np.nan), "site": sites}
    )
    assert found.shape == (sites.size, 20)
    assert found[sites == "site 00"].sum() == 0
    assert found[sites == "site 39"].sum() == 0
    assert design_of({}).filled({}).shape == (0, 0)


def test_covariates_are_numbers_and_groups_are_texts():
    """As the names of columns say."""
    assert is_number("covariate.lvef")
    assert not is_number("group.sex")
    assert not is_number("site")
