"""Every section of the parameters names its source."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pytest

from einthoven.simulation.rhythm.parameters import bounded_normal, lognormal


@pytest.mark.parametrize("package", ["rhythm", "noise"])
def test_each_section_names_a_known_source(package):
    text = resources.files(f"einthoven.simulation.{package}").joinpath("parameters.toml").read_text(encoding="utf-8")
    sections = tomllib.loads(text)
    known = {"assumption", *sections.pop("sources")}
    for section in sections.values():
        assert set(section["source"].split()) <= known


def test_draws_stay_within_their_bounds():
    random = np.random.default_rng(0)
    drawn = [bounded_normal({"mean": 1.0, "sd": 1.0, "low": 0.5, "high": 1.5}, random=random) for _ in range(100)]
    assert min(drawn) == 0.5
    assert max(drawn) == 1.5
    drawn = [lognormal({"median": 2.0, "sd_of_log": 0.5, "high": 4.0}, random=random) for _ in range(400)]
    assert np.median(drawn) == pytest.approx(2.0, rel=0.15)
    assert max(drawn) == 4.0
