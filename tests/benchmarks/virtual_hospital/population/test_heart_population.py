from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

PACKAGED = resources.files("einthoven.simulation.heart").joinpath("population.json")


def test_a_written_population_is_read_as_it_was(script, tmp_path):
    populations = script("heart_population")
    population = populations.packaged()
    populations.write_population(population, tmp_path / "population.json")
    again = populations.read_population((tmp_path / "population.json").read_text(encoding="utf-8"))
    np.testing.assert_allclose(again.covariance, population.covariance, atol=0.03)
    np.testing.assert_allclose(again.means, population.means, atol=1e-3)
    assert again.associated.keys() == population.associated.keys()


def test_what_is_written_has_the_form_of_what_is_packaged(script, tmp_path):
    populations = script("heart_population")
    populations.write_population(populations.packaged(), tmp_path / "population.json")
    written = json.loads((tmp_path / "population.json").read_text(encoding="utf-8"))
    packaged = json.loads(PACKAGED.read_text(encoding="utf-8"))
    assert written.keys() == packaged.keys()
    assert [len(row) for row in written["factor"]] == [len(row) for row in packaged["factor"]]
    assert written["types"] == packaged["types"]


def test_traits_of_another_simulator_are_refused(script):
    content = json.loads(PACKAGED.read_text(encoding="utf-8"))
    content["names"] = content["names"][::-1]
    with pytest.raises(ValueError, match="in their order"):
        script("heart_population").read_population(json.dumps(content))


def test_the_covariance_of_people_lies_within_and_between_kinds(script):
    population = script("heart_population").packaged()
    drawn = population.draw(np.random.default_rng(0), 20_000)
    ratio = np.trace(np.cov(drawn.T)) / np.trace(population.total_covariance)
    assert 0.75 < ratio < 1  # less than 1: nobody is drawn beyond two standard deviations


def test_each_trait_makes_either_qrst_or_p_or_ectopic_beats(script):
    populations = script("heart_population")
    parts = [populations.VENTRICULAR, populations.ATRIAL, populations.ECTOPIC]
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(populations.NAMES)))
