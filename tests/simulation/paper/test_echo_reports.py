"""einthoven reads out of a report what its writer stated, whoever wrote it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

import numpy as np
import pytest

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.read import read_report
from einthoven.simulation.paper.echo_reports import EchoReport, write_echo_report
from einthoven.simulation.people.person import EchoVisit

METHODS: tuple[Literal["simpson", "m_mode", "visual"], ...] = ("simpson", "m_mode", "visual")
DAY = datetime(2020, 5, 4, 10, 0)  # noqa: DTZ001


def examination(random: np.random.Generator, writer: int) -> EchoVisit:
    measured = {"lvef": float(np.clip(random.normal(50, 14), 12, 78))}
    usual = {"lvidd_mm": (52, 7), "lvids_mm": (36, 7), "ivs_mm": (10, 2), "pw_mm": (10, 2), "la_mm": (40, 6)}
    for name, (mean, sd) in (usual | {"e_over_e": (11, 3), "rvsp_mmhg": (32, 8)}).items():
        if random.random() < 0.9:
            measured[name] = float(random.normal(mean, sd))
    for valve in ("mr", "ar", "as", "tr"):
        measured[valve] = float(random.choice(4, p=[0.5, 0.3, 0.15, 0.05]))
    return EchoVisit("1", DAY, measured["lvef"], measured, METHODS[int(random.integers(3))], writer)


def is_recovered(report: EchoReport, *, method: str) -> bool:
    found = choose(read_report(report.text, quantities=("lvef",))).get("lvef")
    if math.isnan(report.low):
        return found is None or found.method == "qualitative"
    return found is not None and (found.low, found.high) == (report.low, report.high) and found.method == method


@pytest.mark.parametrize("writer", [0, 1, 2])
def test_the_value_of_98_of_100_reports_is_recovered(writer: int) -> None:
    random = np.random.default_rng(writer)
    recovered = []
    for _ in range(400):
        echo, before = examination(random, writer), examination(random, writer)
        report = write_echo_report(echo, random, previous=before if random.random() < 0.5 else None)
        recovered.append(is_recovered(report, method=echo.method))
    assert np.mean(recovered) >= 0.98


@pytest.mark.parametrize("writer", [0, 1, 2])
def test_what_is_stated_differs_from_what_was_measured_by_rounding_alone(writer: int) -> None:
    random = np.random.default_rng(10 + writer)
    for _ in range(300):
        echo = examination(random, writer)
        report = write_echo_report(echo, random)
        if math.isnan(report.low):
            assert echo.measured["lvef"] >= 55
            continue
        rounding = 2.5 if echo.method == "visual" else 0.5
        assert report.low - rounding <= echo.measured["lvef"] <= report.high + rounding


def test_reports_hold_ranges_second_values_earlier_values_words_and_slips() -> None:
    random = np.random.default_rng(3)
    written = []
    for number in range(600):
        echo = examination(random, number % 3)
        written.append(write_echo_report(echo, random, previous=examination(random, 0)))
    assert any(report.low < report.high for report in written)
    assert any(math.isnan(report.low) for report in written)
    assert 0 < sum(report.has_typing_error for report in written) < 60
    values = [len(read_report(report.text, quantities=("lvef",))) for report in written]
    assert max(values) >= 2
    assert any("revious" in report.text for report in written)


def test_a_report_without_an_ejection_fraction_states_none() -> None:
    echo = EchoVisit("1", DAY, 40.0, {"lvidd_mm": 60.0}, "simpson", 0)
    report = write_echo_report(echo, np.random.default_rng(0))
    assert math.isnan(report.low)
    assert not read_report(report.text, quantities=("lvef",))
