"""What the model leaves out, made good."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.atria import p_wave
from einthoven.simulation.heart.body_surface import Whose, corrections, whose_waves
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.traits import HeartTraits, draw_traits, heart_constants
from einthoven.simulation.heart.ventricles import depolarised, qrst

TRAITS = draw_traits(np.random.default_rng(5), sex="F", age_years=70, height_cm=162, weight_kg=64)


def state(**changes):
    return ClinicalState(age_years=70, sex="F", **changes)


def beat(traits=TRAITS, kind="conducted", **changes):
    return Heart(state(**changes), traits).ventricular_wave(kind, rr_ms=800.0)


def uncorrected(**changes):
    heart = Heart(state(**changes), TRAITS)
    return qrst(heart.today, depolarised(heart.today, heart.state.conduction), rr_ms=800.0)


def test_a_person_has_as_many_details_as_both_waves_need():
    qrst_, p = corrections()["qrst"], corrections()["p"]
    assert p.first_detail == qrst_.read.shape[1]
    assert p.first_detail + p.read.shape[1] == TRAITS.details.size


def test_details_are_personal_and_no_farther_than_allowed():
    most = heart_constants()["body_surface"]["most_sd"]
    drawn = [
        draw_traits(np.random.default_rng(number), sex="M", age_years=60, height_cm=175, weight_kg=78).details
        for number in range(200)
    ]
    assert np.abs(drawn).max() == most
    assert np.std(drawn) == pytest.approx(0.98, abs=0.02)


def test_a_conducted_beat_is_corrected_and_keeps_its_landmarks():
    plain, corrected = uncorrected(), beat()
    assert 0.02 < np.abs(corrected.samples - plain.samples).max() < 2
    assert (corrected.onset_ms, corrected.duration_ms, corrected.t_end_ms) == (
        plain.onset_ms,
        plain.duration_ms,
        plain.t_end_ms,
    )
    assert corrected.samples.dtype == np.float32


@pytest.mark.parametrize("conduction", ["paced", "wpw", "lbbb", "rbbb_lafb"])
def test_beats_that_take_an_unusual_way_are_not(conduction):
    assert (beat(conduction=conduction).samples == uncorrected(conduction=conduction).samples).all()


def test_two_people_with_the_same_heart_differ_in_details_alone():
    other = HeartTraits(TRAITS.values, -TRAITS.details)
    mine, yours, nobodys = (beat(traits).samples for traits in (TRAITS, other, HeartTraits(TRAITS.values)))
    assert np.abs(mine - yours).max() > 0.05
    assert (mine + yours) / 2 == pytest.approx(nobodys, abs=1e-4)


def test_a_p_wave_from_the_sinus_node_is_corrected_and_another_is_not():
    heart = Heart(state(), TRAITS)
    for kind, changes in (("sinus", True), ("retrograde", False)):
        difference = heart.atrial_wave(kind).samples - p_wave(heart.today.parameters, kind).samples
        assert (np.abs(difference).max() > 0.005) == changes


def test_a_correction_begins_and_ends_at_nothing():
    wave = beat()
    change = wave.samples - uncorrected().samples
    begins = round(wave.onset_ms) - 9
    changed = np.flatnonzero(np.abs(change).max(0))
    assert begins - 1 <= changed[0] <= begins + 2
    assert changed[-1] < wave.t_end_ms + 200
    assert np.abs(change[:, [changed[0], changed[-1]]]).max() < 0.01


def test_slight_disease_lies_between_both_forms():
    correction = corrections()["p"]
    wave = np.full((8, correction.taper.size), 0.05, dtype=np.float32)
    none = whose_waves(state(), None).findings
    healthy, between, diseased = (correction.of(wave, Whose(None, none, degree)) for degree in (0.0, 0.5, 1.0))
    assert (healthy + diseased) / 2 == pytest.approx(between, abs=1e-5)


def test_what_comes_with_a_finding_grows_with_it():
    correction = corrections()["qrst"]
    wave = np.zeros((8, correction.taper.size), dtype=np.float32)
    whose = whose_waves(state(conduction="lafb"), None)
    without, with_it, twice = (
        correction.of(wave, whose._replace(findings=whose.findings * degree)) for degree in np.float32([0, 1, 2])
    )
    assert np.abs(with_it - without).max() > 0.02
    assert twice - with_it == pytest.approx(with_it - without, abs=1e-4)
