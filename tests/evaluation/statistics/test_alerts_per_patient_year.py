from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.alerts_per_patient_year import DAYS_PER_YEAR, alerts_per_patient_year


def yearly(patients=200, years=4, rate=0.3, seed=0):
    """Return calls, days and patients of one ECG a year, the first at a day of its own."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), years)
    day = rng.uniform(0, 1000, patients)[patient] + np.tile(np.arange(years), patients) * DAYS_PER_YEAR
    risk = np.clip(rng.normal(rate, 0.15, patients), 0, 1)[patient]
    return (rng.random(patient.size) < risk).astype(int), day, patient


def test_one_alarming_ecg_a_year_is_one_alert_a_year():
    """The first ECG opens the time, its alert is not counted."""
    _, day, patient = yearly()
    found = alerts_per_patient_year(np.ones(day.size), day, clusters=patient)
    assert found.value == pytest.approx(1)
    assert "no width" in found.method
    assert found.events == 600


def test_value_and_interval_by_a_loop_over_patients():
    """Ratio of sums, its variance the mean square of the patients' residuals, on the log scale."""
    decision, day, patient = yearly()
    found = alerts_per_patient_year(decision, day, clusters=patient)
    alerts, years = [], []
    for one in np.unique(patient):
        rows = np.flatnonzero(patient == one)
        rows = rows[np.argsort(day[rows])]
        alerts.append(decision[rows[1:]].sum())
        years.append((day[rows[-1]] - day[rows[0]]) / 365.25)
    alerts, years = np.array(alerts), np.array(years)
    value = alerts.sum() / years.sum()
    error = np.sqrt(np.sum((alerts - value * years) ** 2) * 200 / 199) / years.sum() / value
    assert found.value == pytest.approx(value)
    assert (found.low, found.high) == pytest.approx(
        (value * np.exp(-1.9719565 * error), value * np.exp(1.9719565 * error)), rel=1e-6
    )


def test_patients_seen_once_have_no_time_at_risk():
    """They change nothing; nor does a second ECG at the time of the first."""
    decision, day, patient = yearly(50)
    plain = alerts_per_patient_year(decision, day, clusters=patient)
    more = alerts_per_patient_year([*decision, 1, 1, 1], [*day, 5.0, day[0], 7.0], clusters=[*patient, 900, 0, 901])
    assert (more.value, more.low, more.high, more.clusters) == (plain.value, plain.low, plain.high, plain.clusters)


def test_weights_are_patients_repeated_so_often():
    """In the value."""
    decision, day, patient = yearly(40)
    weight = np.random.default_rng(2).integers(1, 4, 40)[patient]
    weighted = alerts_per_patient_year(decision, day, clusters=patient, weights=weight)
    again = [np.concatenate([values[weight >= k] for k in (1, 2, 3)]) for values in (decision, day)]
    names = np.concatenate([patient[weight >= k] + 1000 * k for k in (1, 2, 3)])
    assert weighted.value == pytest.approx(alerts_per_patient_year(*again, clusters=names).value, rel=1e-12)
    assert weighted.low < weighted.value < weighted.high


def test_without_alerts_the_upper_limit_is_poissons():
    """Of 150 years."""
    _, day, patient = yearly(50)
    found = alerts_per_patient_year(np.zeros(day.size), day, clusters=patient)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(-math.log(0.025) / 150)


def test_what_has_no_rate_says_why():
    """No time at risk; a single patient."""
    found = alerts_per_patient_year([1, 0], [0, 5], clusters=[1, 2])
    assert "ECGs at two times" in found.reason
    found = alerts_per_patient_year([1, 1], [0, 365.25], clusters=[1, 1])
    assert "only one patient" in found.reason
    with pytest.raises(StatisticsError, match="finite number for each"):
        alerts_per_patient_year([1, 1], [0, np.nan], clusters=[1, 1])


def test_the_order_of_records_does_not_matter():
    """Bit for bit but for rounding."""
    decision, day, patient = yearly(60)
    order = np.random.default_rng(1).permutation(day.size)
    one = alerts_per_patient_year(decision, day, clusters=patient)
    other = alerts_per_patient_year(decision[order], day[order], clusters=patient[order])
    assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), rel=1e-12)
