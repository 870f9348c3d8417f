"""Labels that a measurement decides."""

from __future__ import annotations

import pytest

from einthoven.cohort.labels.measurement_labels import MeasurementRule, measured_label
from einthoven.errors import CohortError

PR = MeasurementRule.parse("pr_ms > 200")
QTC = MeasurementRule.parse("qtc_ms > 450 F 470")
FRIDERICIA = MeasurementRule.parse("qtc_fridericia_ms > 450 F 470")
RATE = MeasurementRule.parse("heart_rate_bpm > 100")
AXIS = MeasurementRule.parse("qrs_axis_deg < -30")


def test_the_limit_itself_does_not_count():
    """PR of exactly 200 ms is not above 200 ms."""
    assert measured_label(PR, {"pr_ms": [200, 201]}, n=2) == [0.0, 1.0]


@pytest.mark.parametrize("code", [None, float("nan"), 0, -1, 29999, 32767, 9999, 999])
def test_codes_for_a_missing_value_are_unknown(code):
    """What recorders write where there was no PR (atrial fibrillation, say) decides nothing."""
    assert measured_label(PR, {"pr_ms": [code]}, n=1) == [None]


def test_a_quantity_that_nobody_measured_is_unknown():
    """No column, no label."""
    assert measured_label(PR, {"qrs_ms": [90.0, 100.0]}, n=2) == [None, None]


def test_unknown_sex_leaves_a_qtc_between_the_limits_unknown():
    """450 to 470 ms is prolonged in a man and not in a woman."""
    values = {"qtc_ms": [460, 460, 460, 450, 471, 460]}
    labels = measured_label(QTC, values, n=6, sex=["M", "F", "U", "U", "U", ""])
    assert labels == [1.0, 0.0, None, 0.0, 1.0, None]
    assert measured_label(QTC, values, n=6) == [None, None, None, 0.0, 1.0, None]


def test_a_corrected_qt_is_computed_where_the_machine_gives_none():
    """400 ms at 80 a minute: Bazett 462 ms, Fridericia 440 ms."""
    values = {"qt_ms": [400], "heart_rate_bpm": [80]}
    assert measured_label(QTC, values, n=1, sex=["M"]) == [1.0]
    assert measured_label(FRIDERICIA, values, n=1, sex=["M"]) == [0.0]
    assert measured_label(QTC, {"qt_ms": [400], "rr_ms": [750]}, n=1, sex=["M"]) == [1.0]


def test_the_machines_own_value_goes_first_and_only_for_its_formula():
    """A corrected QT of untold formula counts as Bazett's, never as Fridericia's."""
    values = {"qt_ms": [400], "heart_rate_bpm": [80], "qtc_ms": [445]}
    assert measured_label(QTC, values, n=1, sex=["M"]) == [0.0]
    assert measured_label(FRIDERICIA, {"qtc_ms": [480]}, n=1, sex=["M"]) == [None]


def test_the_rate_is_taken_from_rr_where_it_is_not_given():
    """RR of 500 ms is 120 a minute."""
    assert measured_label(RATE, {"heart_rate_bpm": [None, 90], "rr_ms": [500, 500]}, n=2) == [1.0, 0.0]


def test_axes_are_one_circle():
    """-60 and 300 degrees are one axis; 270 is -90; 180 and -180 are not left."""
    assert measured_label(AXIS, {"qrs_axis_deg": [-60, 300, 270, 180, -30, -180]}, n=6) == [1, 1, 1, 0, 0, 0]


def test_columns_of_another_length_are_refused():
    """A mix-up of rows must not pass."""
    with pytest.raises(CohortError, match="'pr_ms' has 1 entries for 2 ECGs"):
        measured_label(PR, {"pr_ms": [100]}, n=2)
    with pytest.raises(CohortError, match="sex has 1 entries for 2 ECGs"):
        measured_label(PR, {"pr_ms": [100, 120]}, n=2, sex=["M"])


@pytest.mark.parametrize("text", ["pr_ms >= 200", "pr_ms 200", "qtc_ms > 450 M 470"])
def test_an_unreadable_rule_shows_how_one_looks(text):
    """Rules are data that people write."""
    with pytest.raises(CohortError, match="a rule looks like"):
        MeasurementRule.parse(text)


def test_each_formula_has_labels_of_its_own():
    """At 100 a minute Bazett calls a QT long that Fridericia doesn't."""
    measured = {"qt_ms": [360.0], "heart_rate_bpm": [100.0]}
    found = {
        name: measured_label(MeasurementRule.parse(f"{name} > 450 F 470"), measured, n=1, sex=["M"])
        for name in ("qtc_bazett_ms", "qtc_fridericia_ms")
    }
    assert found == {"qtc_bazett_ms": [1.0], "qtc_fridericia_ms": [0.0]}
