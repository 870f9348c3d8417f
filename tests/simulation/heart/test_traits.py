"""What stays with a person."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.heart.traits import (
    HeartTraits,
    draw_traits,
    heart_constants,
    parameters_of,
    trait_space,
    with_disease,
)

SPACE = trait_space()
AVERAGE = HeartTraits(np.zeros(len(SPACE.names)))


def drawn(number, **person):
    person = {"sex": "M", "age_years": 60.0, "height_cm": 175.0, "weight_kg": 76.0} | person
    return draw_traits(np.random.default_rng(number), **person)


def test_zero_stands_for_the_centre():
    parameters = parameters_of(AVERAGE)
    rows = heart_constants()["traits"]
    assert parameters.lv_radius == pytest.approx(rows["lv_radius"]["centre"])
    assert parameters.delay == pytest.approx(np.array(rows["delay"]["centre"], dtype=float))


def test_sizes_and_speeds_stay_positive_however_far_a_person_strays():
    for sign in (-9.0, 9.0):
        parameters = parameters_of(HeartTraits(np.full(len(SPACE.names), sign)))
        assert min(parameters.lv_radius, parameters.wall, parameters.v_muscle, parameters.gain) > 0


def test_a_person_is_drawn_the_same_by_the_same_numbers():
    assert (drawn(3).values == drawn(3).values).all()
    assert (drawn(3).values != drawn(4).values).any()


def test_heavy_people_are_farther_from_their_electrodes():
    chest = SPACE.names.index("chest")
    assert drawn(1, weight_kg=120.0).values[chest] > drawn(1, weight_kg=60.0).values[chest]


def test_traits_go_together_as_in_the_population():
    """Drawn traits are correlated: a diagonal covariance would give hearts that nobody has."""
    values = np.array([drawn(number).values for number in range(400)])
    correlation = np.corrcoef(values, rowvar=False)
    off_diagonal = correlation[~np.eye(len(correlation), dtype=bool)]
    assert np.abs(off_diagonal).max() > 0.3
    assert (np.linalg.eigvalsh(np.cov(values, rowvar=False)) > -1e-9).all()


def test_disease_moves_the_traits_and_what_is_not_known_does_not():
    assert with_disease(AVERAGE, {"sinus": 1.0}) is AVERAGE
    assert (with_disease(AVERAGE, {"lbbb": 1.0}).values != 0).any()
    both = with_disease(AVERAGE, {"rbbb": 1.0, "lafb": 0.5}).values
    alone = [with_disease(AVERAGE, {name: 1.0}).values for name in ("rbbb", "lafb")]
    assert both == pytest.approx(alone[0] + 0.5 * alone[1])


def test_each_parameter_names_its_source():
    constants = heart_constants()
    known = set(constants["sources"])
    for section in constants["traits"].values():
        assert section["source"] in known
    for name, section in constants.items():
        if name not in {"sources", "traits"}:
            assert "source" in section, name
