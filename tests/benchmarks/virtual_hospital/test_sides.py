from __future__ import annotations

import numpy as np


def test_all_ecgs_of_a_patient_lie_in_one_half(script):
    patients = [f"p{number // 3}" for number in range(60)]
    train = script("sides").half_of(patients, seed=3)
    assert train.sum() == 30
    for patient in set(patients):
        assert len({bool(train[k]) for k in range(60) if patients[k] == patient}) == 1


def test_other_seeds_make_other_halves(script):
    patients = [str(number) for number in range(40)]
    sides = script("sides")
    assert (sides.half_of(patients, seed=0) != sides.half_of(patients, seed=1)).any()


def test_a_twin_lies_in_the_half_of_its_real_ecg(script):
    real, simulated = np.arange(4.0)[:, None], 10 + np.arange(4.0)[:, None]
    found = script("sides").halves(real, simulated, np.array([True, False, True, False]))
    assert found.values[found.in_train, 0].tolist() == [0, 2, 10, 12]
    assert found.simulated[found.in_train].tolist() == [0, 0, 1, 1]


def test_a_quantity_that_the_training_half_lacks_becomes_zero_and_single_gaps_stay(script):
    real = np.array([[np.nan, 1.0], [5.0, 2.0]])
    simulated = np.array([[np.nan, np.nan], [6.0, 4.0]])
    found = script("sides").halves(real, simulated, np.array([True, False]))
    assert (found.values[:, 0] == 0).all()
    assert np.isnan(found.values[2, 1])
