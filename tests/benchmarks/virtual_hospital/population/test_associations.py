from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest


def test_a_finding_of_too_few_persons_shifts_nothing(script):
    there = np.zeros((30, 2), dtype=bool)
    there[:10, 0] = True
    there[10:14, 1] = True
    values = np.where(there[:, :1], 2.0, 0.0) + np.where(there[:, 1:], 5.0, 0.0)
    found = script("associations").regressed_on_findings(there, values, [str(k) for k in range(30)])
    assert found[:, 0] == pytest.approx([2 * 10 / 11, 0])


def test_many_ecgs_of_one_person_are_one_person(script):
    found = script("associations").regressed_on_findings(np.ones((9, 1), dtype=bool), np.ones((9, 1)), ["a"] * 9)
    np.testing.assert_array_equal(found, 0)


def test_findings_are_those_of_the_packaged_population(script):
    packaged = set(script("heart_population").packaged().associated)
    assert packaged < set(script("associations").FINDINGS)
    assert not packaged & {"flutter", "lpfb", "rvh"}  # of too few persons


def test_the_shift_of_right_bundle_branch_block_is_halved_and_its_right_ventricle_raised(script):
    beats, simulated, populations = (script(name) for name in ("aligned_beats", "simulated_beats", "heart_population"))
    population = populations.packaged()
    state = replace(simulated.HEALTHY, conduction="rbbb")
    people = [beats.RealBeat(str(k), normal=False, state=state, rr_ms=900.0, qrst=None, p=None) for k in range(9)]
    traits = np.tile(population.expected(age_years=60, sex="M") + 1.0, (9, 1))
    found = script("associations").associations(people, traits, population)["rbbb"]
    assert found[populations.NAMES.index("azimuth")] == pytest.approx(0.5 * 0.9)
    assert found[populations.NAMES.index("right_amplitude")] > 4
    assert found[populations.ATRIAL] == pytest.approx(0)
