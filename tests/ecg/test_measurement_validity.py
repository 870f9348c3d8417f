"""Reasons of absence and doubt, number by number."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.beats import BeatKind
from einthoven.ecg.delineation import Mark
from einthoven.ecg.intervals import intervals
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import COLUMN
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurement_reasons import Reason
from einthoven.ecg.measurement_validity import NEEDED_WAVES, Waves, judge_numbers, judge_waves, lead_codes
from fakes.delineations import fake_delineation

ALL_THERE = Waves((Reason.NONE,) * 3, (Reason.NONE,) * 3, paced=False)
ROWS = {lead: row for row, lead in enumerate(STANDARD_LEADS)}
BEATS_S = tuple(float(second) for second in range(1, 8))


def lead_numbers(**changed) -> np.ndarray:
    """Return float64 (2, quantity): QRS of 1 mV, noise of 1 uV; ``q_mv=-0.05`` changes the first lead."""
    values = np.full((2, len(LEAD_QUANTITIES)), 0.5)
    values[:, COLUMN["qrs_peak_to_peak_mv"]], values[:, COLUMN["noise_mv"]] = 1.0, 0.001
    for name, value in changed.items():
        values[0, COLUMN[name]] = value
    return values


def coded(values, waves=ALL_THERE, *, usable=(True, True), in_mv=True):
    codes = lead_codes(values, waves, usable=np.array(usable), in_mv=in_mv)
    return {name: tuple(map(Reason, codes[:, place])) for name, place in COLUMN.items()}


def test_waves_that_are_there_and_sure_give_no_reason():
    waves = judge_waves(fake_delineation(("II",), beats_s=BEATS_S), atrial_fibrillation=False)
    assert waves == ALL_THERE


@pytest.mark.parametrize(("place", "reason"), [(0, Reason.UNSURE_P), (1, Reason.UNSURE_QRS), (2, Reason.UNSURE_T)])
def test_a_wave_of_low_confidence_is_doubtful(place, reason):
    delineation = fake_delineation(("II",), beats_s=BEATS_S)
    confidence = delineation.confidence.copy()
    confidence[0, place] = 0.65
    waves = judge_waves(dataclasses.replace(delineation, confidence=confidence), atrial_fibrillation=False)
    assert waves.doubt[place] is reason
    assert waves.absent == (Reason.NONE,) * 3


def test_p_and_t_that_overlap_are_doubtful():
    delineation = fake_delineation(("II",), beats_s=BEATS_S)
    lengths = intervals(delineation.marks[0])
    short = lengths["pr_ms"] + lengths["qt_ms"] - 10
    fast = dataclasses.replace(delineation.beats, rr_ms=np.full(len(BEATS_S) - 1, short))
    waves = judge_waves(dataclasses.replace(delineation, beats=fast), atrial_fibrillation=False)
    assert waves.doubt == (Reason.P_IN_T, Reason.NONE, Reason.P_IN_T)


def test_in_flutter_p_is_absent_and_the_rate_of_the_atria_is_not():
    delineation = dataclasses.replace(fake_delineation(("II",), beats_s=BEATS_S), flutter_cycle_ms=210.0)
    waves = judge_waves(delineation, atrial_fibrillation=True)
    assert waves.absent[0] is Reason.ATRIAL_FLUTTER
    numbers, codes = {"atrial_rate_bpm": 285.7, "pr_ms": 150.0}, {}
    judge_numbers(numbers, codes, waves, rows=ROWS, leads=STANDARD_LEADS)
    assert numbers["atrial_rate_bpm"] == 285.7
    assert np.isnan(numbers["pr_ms"])
    assert codes == {"pr_ms": Reason.ATRIAL_FLUTTER, "af_score": Reason.ATRIAL_FLUTTER}


def test_absent_waves_are_absent_and_fibrillation_comes_before_any_p():
    delineation = fake_delineation(("II",), beats_s=BEATS_S, absent=(Mark.T_OFF,), free_p_s=(1.5,))
    waves = judge_waves(delineation, atrial_fibrillation=True)
    assert waves.absent == (Reason.ATRIAL_FIBRILLATION, Reason.NONE, Reason.NO_T)
    assert judge_waves(delineation, atrial_fibrillation=False).doubt[0] is Reason.FREE_P


def test_beats_are_paced_when_most_of_them_are():
    delineation = fake_delineation(("II",), beats_s=BEATS_S)
    for n_paced, expected in ((3, False), (4, True)):
        kinds = (BeatKind.PACED,) * n_paced + (BeatKind.DOMINANT,) * (7 - n_paced)
        changed = dataclasses.replace(delineation, beats=dataclasses.replace(delineation.beats, kind=kinds))
        assert judge_waves(changed, atrial_fibrillation=False).paced is expected


def test_a_measured_lead_has_no_reasons_and_an_absent_deflection_has_one():
    found = coded(lead_numbers(q_mv=np.nan, q_ms=np.nan))
    assert {name for name, reasons in found.items() if any(reasons)} == {"q_mv", "q_ms"}
    assert found["q_mv"] == (Reason.NO_DEFLECTION, Reason.NONE)


def test_a_deflection_below_20_uv_is_doubtful_with_its_duration_in_mv_only():
    found = coded(lead_numbers(q_mv=-0.019, s_mv=-0.021))
    assert (found["q_mv"][0], found["q_ms"][0]) == (Reason.SMALL_DEFLECTION,) * 2
    assert found["s_mv"][0] is Reason.NONE
    assert coded(lead_numbers(q_mv=-0.019), in_mv=False)["q_ms"][0] is Reason.NONE


def test_a_noisy_lead_is_doubtful_and_its_neighbour_is_not():
    found = coded(lead_numbers(noise_mv=0.06))
    assert set(found["t_mv"]) | set(found["r_ms"]) == {Reason.NOISE, Reason.NONE}
    assert found["t_mv"][0] is Reason.NOISE


def test_an_unusable_lead_has_no_numbers():
    values = lead_numbers()
    found = coded(values, usable=(False, True))
    assert {reasons[0] for reasons in found.values()} == {Reason.LEAD_UNUSABLE}
    assert np.isnan(values[0]).all()
    assert np.isfinite(values[1]).all()


def test_numbers_of_an_absent_wave_are_taken_away():
    values = lead_numbers()
    found = coded(values, Waves((Reason.NO_P, Reason.NONE, Reason.NO_T), (Reason.NONE,) * 3, paced=False))
    assert {name for name, reasons in found.items() if reasons[0] is Reason.NO_P} == {
        name for name in LEAD_QUANTITIES if name.startswith("p_")
    }
    assert found["qt_ms"][0] is Reason.NO_T
    assert np.isnan(values[:, COLUMN["t_area_mv_ms"]]).all()


@pytest.mark.parametrize("name", NEEDED_WAVES)
def test_every_number_of_a_wave_goes_with_it(name):
    waves = Waves((Reason.NO_P, Reason.NO_QRS, Reason.NO_T), (Reason.NONE,) * 3, paced=False)
    numbers, codes = dict.fromkeys(QUANTITIES, 5.0), dict.fromkeys(QUANTITIES, Reason.NONE)
    judge_numbers(numbers, codes, waves, rows=ROWS, leads=STANDARD_LEADS)
    assert np.isnan(numbers[name])
    assert codes[name] in waves.absent


def test_a_doubt_about_the_number_itself_is_kept_when_its_waves_are_sure():
    numbers, codes = {"qtc_bazett_ms": 400.0}, {"qtc_bazett_ms": Reason.RATE_OUT_OF_RANGE}
    judge_numbers(numbers, codes, ALL_THERE, rows=ROWS, leads=STANDARD_LEADS)
    assert codes == {"qtc_bazett_ms": Reason.RATE_OUT_OF_RANGE}
    assert numbers == {"qtc_bazett_ms": 400.0}


def test_a_lead_that_is_missing_and_one_that_is_unusable_are_told_apart():
    numbers, codes = {"cornell_mv": np.nan}, {}
    judge_numbers(numbers, codes, ALL_THERE, rows={"aVL": 0}, leads=("aVL", "V3"))
    assert codes["cornell_mv"] is Reason.LEAD_UNUSABLE
    judge_numbers(numbers, codes, ALL_THERE, rows={"aVL": 0}, leads=("aVL",))
    assert codes["cornell_mv"] is Reason.LEAD_MISSING
