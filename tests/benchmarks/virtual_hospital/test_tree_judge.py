from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

NAMES = ("rate", "V1.r_mv", "V2.r_mv")


@pytest.fixture(autouse=True)
def _one_thread():
    """Small trees on several threads wait for each other on a busy machine."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture
def ecgs():
    """Four hundred rows of three numbers, of which the second is higher when simulated."""
    random = np.random.default_rng(0)
    simulated = np.repeat([0, 1], 200)
    values = random.normal(size=(400, 3))
    values[:, 1] += 3.0 * simulated
    return values, simulated, np.tile([True, False], 200)


def test_a_family_is_a_quantity_in_all_leads(script):
    family = script("tree_judge").family
    assert family("V1.r_mv") == family("aVF.r_mv") != family("V1.s_mv")
    assert family("qrs_ms") == "qrs_ms"


def test_what_differs_is_named_first_by_all_three_reports(script, ecgs):
    values, simulated, in_train = ecgs
    tree_judge = script("tree_judge")
    judge = tree_judge.tree_judge(values[in_train], simulated[in_train], seed=0, iterations=30)
    random = np.random.default_rng(1)
    falls = tree_judge.giveaways(judge, values[~in_train], simulated[~in_train], names=NAMES, random=random)
    alone = tree_judge.family_areas(values, simulated, in_train, names=NAMES, seed=0)
    singles = tree_judge.single_giveaways(values, simulated, names=NAMES)
    assert next(iter(falls)) == next(iter(alone)) == "lead.r_mv"
    assert next(iter(singles)) == "V1.r_mv"
    assert alone["lead.r_mv"] > 0.9
    assert alone["rate"] < 0.7


def test_a_number_that_is_lower_in_simulated_ecgs_has_an_area_below_one_half(script, ecgs):
    values, simulated, _ = ecgs
    assert script("tree_judge").single_giveaways(-values, simulated, names=NAMES)["V1.r_mv"] < 0.1
