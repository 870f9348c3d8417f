"""All measurements of ECGs whose waves are known: written down by hand, and made from a heart vector."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import AnalysisSignal, analysis_signal
from einthoven.ecg.beats import BeatKind, find_beats
from einthoven.ecg.delineation import Mark, delineate
from einthoven.ecg.leads import LEAD_SETS, STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurement_reasons import Validity
from einthoven.ecg.measurements import Measurements, measure, measured_waves, measurements_of
from einthoven.ecg.record import Record
from einthoven.ecg.rhythm import assess_rhythm
from fakes.delineations import fake_delineation
from fakes.synthetic_ecg import synthetic_ecg

P_MARKS = (Mark.P_ON, Mark.P_PEAK, Mark.P_OFF)
T_MARKS = (Mark.T_ON, Mark.T_PEAK, Mark.T_OFF)
LEAD_TEXTS = ("lead missing", "lead derived, without borders of its own", "noisy lead")
SECONDS = tuple(float(second) for second in range(1, 10))


def of_waves(leads=STANDARD_LEADS, *, unit="mV", sex="M", unusable=(), fibrillation=False, kind=None, **options):
    """Return the measurements of regular beats with the same borders in every lead."""
    delineation = fake_delineation(leads, **({"beats_s": SECONDS} | options))
    if kind is not None:
        kinds = (kind,) * len(delineation.beats.kind)
        delineation = dataclasses.replace(delineation, beats=dataclasses.replace(delineation.beats, kind=kinds))
    rhythm = dataclasses.replace(assess_rhythm(delineation.beats, delineation), atrial_fibrillation=fibrillation)
    usable = np.array([lead not in unusable for lead in leads])
    shape = (len(leads), 5000)
    analysis = AnalysisSignal(np.zeros(shape, np.float32), tuple(leads), np.zeros(shape, bool), usable, unit)
    return measurements_of(delineation, rhythm, analysis=analysis, sex=sex)


def absent(measurements: Measurements) -> dict[str, str]:
    found = [measurements[name] for name in QUANTITIES]
    return {measured.name: measured.reason for measured in found if measured.validity is Validity.ABSENT}


def doubtful(measurements: Measurements) -> dict[str, str]:
    found = [measurements[name] for name in QUANTITIES]
    return {measured.name: measured.reason for measured in found if measured.validity is Validity.DOUBTFUL}


def every_number_has_a_validity(measurements: Measurements) -> bool:
    """Return whether what is NaN has a reason, in all leads."""
    both = ((measurements.values, measurements.codes), (measurements.lead_values, measurements.lead_codes))
    return all((codes[np.isnan(values)] > 0).all() for values, codes in both)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n_beats", 9),
        ("heart_rate_bpm", 60),
        ("rr_ms", 1000),
        ("p_ms", 80),
        ("pr_ms", 140),
        ("qrs_ms", 90),
        ("qt_ms", 380),
        ("jt_ms", 290),
        ("qtc_fridericia_ms", 380),
        ("qtc_hodges_ms", 380),
    ],
)
def test_intervals_of_known_borders(name, expected):
    measured = of_waves()[name]
    assert measured.value == pytest.approx(expected)
    assert (measured.validity, measured.reason) == (Validity.MEASURED, "")
    assert measured.unit == QUANTITIES[name].unit


def test_without_p_what_needs_it_is_absent_with_that_reason():
    measurements = of_waves(absent=P_MARKS)
    expected = dict.fromkeys(("p_ms", "pr_ms", "p_axis_deg", "p_terminal_force_mv_ms"), "no P wave")
    assert expected.items() <= absent(measurements).items()
    assert measurements["qt_ms"].value == pytest.approx(380)
    assert measurements.leads["II"]["p_mv"].reason == "no P wave"
    assert measurements.reasons["leads.P"] == "no P wave"


def test_in_atrial_fibrillation_there_is_no_pr_whatever_looks_like_p():
    measurements = of_waves(fibrillation=True)
    assert measurements["pr_ms"].value is None
    assert measurements["pr_ms"].reason == "atrial fibrillation"
    assert measurements.leads["V1"]["p_mv"].value is None
    assert measurements["qtc_bazett_ms"].validity is Validity.DOUBTFUL


def test_without_t_there_is_no_qt():
    measurements = of_waves(absent=T_MARKS)
    assert {name for name, reason in absent(measurements).items() if reason == "T wave not found"} == {
        *("qt_ms", "jt_ms", "qtc_bazett_ms", "qtc_fridericia_ms", "qtc_framingham_ms", "qtc_hodges_ms"),
        *("t_axis_deg", "qrs_t_angle_deg", "spatial_qrs_t_angle_deg"),
    }
    assert measurements.leads["V5"]["t_mv"].reason == "T wave not found"


def test_p_waves_without_qrs_make_pr_doubtful():
    measurements = of_waves(free_p_s=(1.5,))
    assert measurements["pr_ms"].value == pytest.approx(140)
    assert doubtful(measurements)["pr_ms"] == "P waves without QRS"


def test_paced_beats_leave_qt_and_criteria_doubtful():
    measurements = of_waves(kind=BeatKind.PACED)
    assert doubtful(measurements)["qt_ms"] == "paced"
    assert doubtful(measurements)["lbbb_score"] == "paced"
    assert measurements["qrs_ms"].validity is Validity.MEASURED
    assert measurements["n_paced"].value == 9


@pytest.mark.parametrize(("rr", "doubted"), [(1.0, set()), (0.55, {"qtc_bazett_ms"}), (1.2, {"qtc_bazett_ms"})])
def test_corrected_qt_is_doubtful_outside_the_range_of_its_formula(rr, doubted):
    measurements = of_waves(beats_s=tuple(1 + rr * k for k in range(8)))
    found = {name for name, reason in doubtful(measurements).items() if "range" in reason}
    assert found == doubted


def test_beyond_120_bpm_all_corrected_qt_are_doubtful():
    found = doubtful(of_waves(beats_s=tuple(1 + 0.45 * k for k in range(15))))
    assert found.keys() >= {"qtc_bazett_ms", "qtc_fridericia_ms", "qtc_framingham_ms", "qtc_hodges_ms"}


def test_an_interval_that_no_heart_has_is_doubtful():
    delineation = fake_delineation(("II",), beats_s=SECONDS)
    marks = delineation.marks.copy()
    marks[0, Mark.P_ON] = -400
    rhythm = assess_rhythm(delineation.beats, delineation)
    analysis = AnalysisSignal(np.zeros((1, 9), np.float32), ("II",), np.zeros((1, 9), bool), np.ones(1, bool), "mV")
    found = measurements_of(dataclasses.replace(delineation, marks=marks), rhythm, analysis=analysis)
    assert (found["p_ms"].value, found["p_ms"].reason) == (300, "implausibly short or long")
    assert (found["pr_ms"].value, found["pr_ms"].reason) == (360, "P wave uncertain")
    assert found["qt_ms"].validity is Validity.MEASURED


def test_one_beat_has_intervals_that_are_doubtful_and_no_rate():
    measurements = of_waves(beats_s=(5.0,))
    assert measurements["heart_rate_bpm"].reason == "too few beats"
    assert measurements["heart_rate_bpm"].value is None
    assert measurements["qt_ms"].value == pytest.approx(380)
    assert doubtful(measurements)["qt_ms"] == "too few beats"
    assert measurements["qtc_bazett_ms"].value is None


def test_without_unit_there_are_times_and_no_voltages_areas_or_axes():
    measurements, in_mv = of_waves(unit="arbitrary"), of_waves()
    for name, quantity in QUANTITIES.items():
        if quantity.needs_millivolts:
            assert measurements[name].value is None
            assert measurements[name].reason == "no unit"
        else:
            assert measurements[name].value == in_mv[name].value
    lead, lead_in_mv = measurements.leads["I"], in_mv.leads["I"]
    assert lead["r_mv"].reason == "no unit"
    assert lead["r_ms"].value == lead_in_mv["r_ms"].value
    assert measurements.reasons["leads.mV"] == "no unit"


def test_the_cornell_product_is_doubtful_when_the_sex_is_unknown():
    unknown, man, woman = (of_waves(("aVL", "V3"), sex=sex)["cornell_product_mv_ms"] for sex in ("U", "M", "F"))
    assert (unknown.validity, unknown.reason) == (Validity.DOUBTFUL, "sex unknown")
    assert unknown.value == man.value
    assert woman.value == pytest.approx(man.value + 0.6 * 90)


@pytest.mark.parametrize("leads", [*LEAD_SETS.values(), ("V1",), ("II", "V5"), ("I", "aVF", "Vx")])
def test_any_leads_give_intervals_and_each_absence_a_reason(leads):
    measurements = of_waves(leads)
    assert measurements["qt_ms"].value == pytest.approx(380)
    assert every_number_has_a_validity(measurements)
    limb = set(STANDARD_LEADS[:6])
    known = set(leads) | (limb if len(limb & set(leads)) > 1 else set())
    told = {text: {lead for lead, other in measurements.reasons.items() if other == text} for text in LEAD_TEXTS}
    assert told["lead missing"] & set(STANDARD_LEADS) == set(STANDARD_LEADS) - known
    assert told["lead derived, without borders of its own"] | told["noisy lead"] >= known - set(leads)
    assert (measurements["qrs_axis_deg"].value is not None) == (limb <= known)


def test_eight_leads_hold_the_voltages_of_twelve():
    ecg = synthetic_ecg(noise_mv=0.01)
    twelve = measure(ecg.record)
    eight = measure(
        dataclasses.replace(ecg.record, signal=ecg.record.signal[[0, 1, *range(6, 12)]], leads=LEAD_SETS["8"])
    )
    for name in ("cornell_mv", "qrs_voltage_sum_mv", "qrs_axis_deg", "spatial_qrs_t_angle_deg"):
        assert eight[name].value == pytest.approx(twelve[name].value, rel=0.05)
    assert eight.leads["aVL"]["r_mv"].value == pytest.approx(twelve.leads["aVL"]["r_mv"].value, abs=0.02)
    assert eight.leads["aVL"]["qrs_ms"].reason == "lead derived, without borders of its own"


def test_an_unusable_lead_is_told_once_and_takes_what_needs_it_along():
    measurements = of_waves(unusable=("V1",))
    assert measurements.reasons["V1"] == "lead unusable"
    assert measurements["sokolow_lyon_mv"].reason == "lead unusable"
    assert measurements.leads["V1"]["r_mv"].value is None
    assert measurements["cornell_mv"].value is not None


def test_leads_that_contradict_einthovens_law_make_axes_doubtful():
    record = synthetic_ecg(noise_mv=0.02).record
    leads = tuple({"I": "II", "II": "I"}.get(lead, lead) for lead in record.leads)
    found = doubtful(measure(dataclasses.replace(record, leads=leads)))
    assert found["qrs_axis_deg"] == "limb leads contradict Einthoven's law"
    assert "qrs_axis_deg" not in doubtful(measure(record))


@pytest.mark.parametrize("lead_set", ["12", "8", "6", "1"])
def test_the_whole_way_from_a_signal_finds_the_intervals_that_were_drawn(lead_set):
    ecg = synthetic_ecg(noise_mv=0.01, leads=LEAD_SETS[lead_set])
    measurements = measure(ecg.record)
    assert measurements["heart_rate_bpm"].value == pytest.approx(75, abs=0.2)
    drawn = ecg.marks_s[3] * 1000
    onset, end = np.nanmin(drawn[:, Mark.QRS_ON]), np.nanmax(drawn[:, Mark.T_OFF])
    assert measurements["qt_ms"].value == pytest.approx(end - onset, abs=40)
    assert every_number_has_a_validity(measurements)


def test_the_axis_is_that_of_the_heart_vector_that_made_the_ecg():
    """T of the synthetic ECG is one bump: its vector, seen by I and aVF through Dower's leads."""
    measurements = measure(synthetic_ecg().record)
    x, y, z = 0.35, 0.25, -0.15
    one, two = 0.632 * x - 0.235 * y + 0.059 * z, 0.235 * x + 1.066 * y - 0.132 * z
    axis = np.degrees(np.arctan2(2 / np.sqrt(3) * (two - one / 2), one))
    assert measurements["t_axis_deg"].value == pytest.approx(axis, abs=2)


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_multiplies_voltages_and_changes_nothing_else(gain):
    once, again = (measure(synthetic_ecg(noise_mv=0.01, gain=factor).record) for factor in (1.0, gain))
    for name, quantity in QUANTITIES.items():
        factor = gain if quantity.unit.startswith("mV") else 1.0
        if name == "cornell_product_mv_ms" or once[name].value is None:
            continue
        assert again[name].value == pytest.approx(factor * once[name].value, rel=1e-3, abs=0.02), name


def test_the_order_of_leads_does_not_matter():
    ecg = synthetic_ecg(noise_mv=0.02)
    shuffled = np.random.default_rng(0).permutation(12)
    leads = tuple(ecg.record.leads[row] for row in shuffled)
    again = measure(dataclasses.replace(ecg.record, signal=ecg.record.signal[shuffled], leads=leads))
    np.testing.assert_array_equal(again.values, measure(ecg.record).values)


def test_bundle_branch_blocks_that_were_drawn_are_recognised():
    left, right, normal = (measure(synthetic_ecg(shape=shape).record) for shape in ("lbbb", "rbbb", "normal"))
    assert min(left["lbbb_score"].value, right["rbbb_score"].value) > 0.8
    others = (left["rbbb_score"], right["lbbb_score"], normal["lbbb_score"], normal["rbbb_score"])
    assert max(score.value for score in others) < 0.2


@pytest.mark.parametrize("value", [0.0, np.nan, 5.0])
def test_a_record_without_beats_has_absent_numbers_and_one_reason(value):
    record = Record(np.full((12, 5000), value, dtype=np.float32), STANDARD_LEADS, 500.0, "flat")
    measurements = measure(record)
    assert measurements["n_beats"].value == 0
    assert set(absent(measurements)) == set(QUANTITIES) - {
        "n_beats",
        "n_premature_wide",
        "n_premature_narrow",
        "n_paced",
    }
    assert every_number_has_a_validity(measurements)


def test_p_waves_without_qrs_are_the_reason_for_no_pr_and_give_the_atria_a_doubtful_rate():
    record = synthetic_ecg(atrial="dissociated", rr_ms=1700, p_rr_ms=900, noise_mv=0.01).record
    measurements = measure(record)
    assert measurements["pr_ms"].reason == "P waves without QRS"
    assert measurements["pr_ms"].value is None
    assert measurements["atrial_rate_bpm"].validity is Validity.DOUBTFUL
    assert measurements["heart_rate_bpm"].validity is Validity.MEASURED


@pytest.mark.parametrize("lead", ["I", "II", "V2"])
def test_noise_between_the_beats_of_one_lead_is_no_p_wave(lead):
    measurements = measure(synthetic_ecg(rr_ms=1100, noise_mv=0.015, leads=(lead,), duration_s=20.0).record)
    assert "P waves without QRS" not in measurements.reasons.values()


def test_waves_and_rhythm_beside_the_numbers_are_those_of_the_single_steps():
    record = synthetic_ecg(noise_mv=0.01, sex="F").record
    found = measured_waves(record)
    analysis = analysis_signal(record)
    alone = delineate(analysis, find_beats(analysis))
    np.testing.assert_array_equal(found.delineation.beat_marks, alone.beat_marks)
    assert found.rhythm.n_beats == len(alone.beats.kind)
    np.testing.assert_array_equal(found.measurements.values, measure(record).values)
