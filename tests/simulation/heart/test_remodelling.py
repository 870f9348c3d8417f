"""What disease does to the waves."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState, Infarct
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.traits import HeartTraits, draw_traits, trait_space

AVERAGE = HeartTraits(np.zeros(len(trait_space().names)))
PEOPLE = [
    draw_traits(np.random.default_rng(number), sex="M", age_years=60, height_cm=175, weight_kg=78)
    for number in range(25)
]


def wave(traits=AVERAGE, **changes):
    return Heart(ClinicalState(age_years=60, sex="M", **changes), traits).ventricular_wave("conducted", rr_ms=900.0)


def st_60(found):
    """Return float (8,), mV: 60 ms behind the end of QRS."""
    return found.samples[:, round(found.onset_ms + found.duration_ms) + 60]


def t_peak(found):
    t_wave = found.samples[:, round(found.onset_ms) + 200 : round(found.t_end_ms)]
    return np.take_along_axis(t_wave, np.abs(t_wave).argmax(1)[:, None], axis=1)[:, 0]


def lead_iii(samples):
    return samples[1] - samples[0]


def mean_change(measure, **changes):
    return np.mean([measure(wave(person, **changes)) - measure(wave(person)) for person in PEOPLE], axis=0)


def test_an_old_inferior_infarct_turns_forces_away_from_iii_and_leaves_st_alone():
    infarct = (Infarct("inferior", 0.8, 900),)

    def deepest(found):
        return lead_iii(found.samples[:, :260]).min()

    assert mean_change(deepest, infarcts=infarct) < -0.15
    assert abs(lead_iii(mean_change(st_60, infarcts=infarct))) < 0.1


def test_an_old_anterior_infarct_takes_r_away_from_the_chest_leads():
    change = mean_change(lambda found: found.samples[3:6, :260].max(1), infarcts=(Infarct("anteroseptal", 0.9, 900),))
    assert change.mean() < -0.1


def test_a_fresh_infarct_raises_st_on_its_side():
    anterior = mean_change(st_60, infarcts=(Infarct("anteroseptal", 0.9, 0.2),))
    inferior = mean_change(st_60, infarcts=(Infarct("inferior", 0.9, 0.2),))
    assert anterior[3:5].min() > 0.1
    assert lead_iii(inferior) > 0.05
    assert lead_iii(inferior) > inferior[3]


def test_t_turns_within_weeks_and_comes_back_within_a_year():
    weeks = mean_change(t_peak, infarcts=(Infarct("anteroseptal", 0.9, 14),))[3]
    years = mean_change(t_peak, infarcts=(Infarct("anteroseptal", 0.9, 1500),))[3]
    assert weeks < years
    assert weeks < -0.1


def test_a_thick_wall_raises_voltages_and_marked_strain_turns_t():
    voltage = mean_change(lambda found: found.samples[6, :260].max() - found.samples[2, :260].min(), lvh=0.4)
    assert voltage > 0.3
    assert mean_change(t_peak, lvh=1.0)[6:].max() < mean_change(t_peak, lvh=0.2)[6:].min()


def test_a_weak_heart_is_slow_and_low_in_the_limbs():
    assert mean_change(lambda found: found.duration_ms, lvef=25.0) > 8
    assert mean_change(lambda found: np.ptp(found.samples[0, :260]), lvef=25.0) < -0.05


def test_a_normal_lvef_changes_nothing():
    assert wave(lvef=70.0).samples == pytest.approx(wave(lvef=56.0).samples)


def test_ischaemia_lowers_st_over_the_left_ventricle():
    assert mean_change(st_60, ischaemia=0.9)[6] < -0.02


def test_potassium_makes_t_tall_or_flat():
    high = mean_change(t_peak, potassium_mmol_l=7.0)[4]
    low = mean_change(t_peak, potassium_mmol_l=2.6)[4]
    assert high > 0.05
    assert low < -0.05


def test_potassium_takes_p_away():
    normal, high = (
        Heart(ClinicalState(age_years=60, sex="M", potassium_mmol_l=value), AVERAGE).atrial_wave("sinus").samples
        for value in (4.2, 7.5)
    )
    assert np.ptp(high[1]) < 0.5 * np.ptp(normal[1])


def test_low_calcium_and_drugs_lengthen_qt():
    usual = wave().t_end_ms
    assert wave(calcium_mmol_l=0.9).t_end_ms > usual + 20
    assert wave(qt_shift_ms=60.0).t_end_ms == pytest.approx(usual + 60, abs=5)
    assert wave(digoxin=True).t_end_ms < usual


def test_a_large_left_atrium_makes_p_longer():
    usual, large = (
        Heart(ClinicalState(age_years=60, sex="M", left_atrial_enlargement=value), AVERAGE).atrial_wave("sinus")
        for value in (0.0, 1.0)
    )
    assert large.duration_ms > usual.duration_ms + 10
