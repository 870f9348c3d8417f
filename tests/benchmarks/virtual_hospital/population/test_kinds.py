from __future__ import annotations

import numpy as np


def test_a_kind_of_too_few_joins_the_nearest(script):
    scores = np.array([[0.0]] * 6 + [[10.0]] * 6 + [[8.0]] * 4)
    labels = np.repeat([0, 1, 2], [6, 6, 4])
    found = script("kinds").in_large_enough_kinds(labels, [str(k) for k in range(16)], scores)
    np.testing.assert_array_equal(found, np.repeat([0, 1], [6, 10]))


def test_beats_of_one_person_count_as_one(script):
    scores = np.array([[0.0]] * 6 + [[10.0]] * 6)
    patients = [*"abcdef", *"gggggg"]
    found = script("kinds").in_large_enough_kinds(np.repeat([0, 1], 6), patients, scores)
    np.testing.assert_array_equal(found, np.zeros(12))


def test_beats_that_are_alike_are_of_one_kind(script):
    random = np.random.default_rng(0)
    of = np.repeat([0, 1], 10)
    beats = random.normal(0, 0.01, (20, 30)) + of[:, None]
    found = script("kinds").alike_beats(beats, [str(k) for k in range(20)])
    assert len(set(found[:10])) == len(set(found[10:])) == 1
    assert found[0] != found[10]


def test_the_covariance_is_that_about_the_means_of_kinds(script):
    random = np.random.default_rng(1)
    labels = np.repeat([0, 1], 2_000)
    traits = random.normal(size=(4_000, 2)) * [1.0, 2.0] + 10 * labels[:, None]
    np.testing.assert_allclose(script("kinds").within_covariance(traits, labels), np.diag([1.0, 4.0]), atol=0.2)
