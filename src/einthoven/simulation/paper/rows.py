"""Rows of a hospital's tables, cell by cell as they are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einthoven.simulation.paper.layout import Layout
from einthoven.simulation.people.person import EcgVisit, EchoVisit, Person

__all__ = ["diagnosis_rows", "ecg_row", "echo_row", "follow_up_row", "patient_row"]


def ecg_row(
    visit: EcgVisit,
    layout: Layout,
    *,
    patient_id: str,
    path: str,
    statements: Sequence[str],
    measurements: Mapping[str, float],
) -> list[str]:
    """Return the row of an ECG; what wasn't measured is an empty cell."""
    cells = {
        "record_id": visit.record_id,
        "patient_id": patient_id,
        "ecg_time": layout.of_moment(visit.time),
        "path": path,
        "statements": layout.statement_separator.join(statements),
    }
    measured = {f"measurement.{name}": f"{value:.0f}" for name, value in measurements.items()}
    return _in_order("ecgs", layout, cells | measured)


def echo_row(echo: EchoVisit, layout: Layout, *, patient_id: str, report: str) -> list[str]:
    """Return the row of an echocardiogram."""
    time = layout.of_moment(echo.time) if layout.echo_has_clock else layout.of_day(echo.time)
    cells = {"outcome_id": echo.report_id, "patient_id": patient_id, "outcome_time": time, "report": report}
    return _in_order("echo", layout, cells)


def diagnosis_rows(person: Person, layout: Layout) -> list[list[str]]:
    """Return a row for each code."""
    return [
        _in_order(
            "icd",
            layout,
            {
                "patient_id": person.patient_id,
                "code": layout.of_code(one.code),
                "diagnosis_time": layout.of_day(one.date),
            },
        )
        for one in person.diagnoses
    ]


def follow_up_row(person: Person, layout: Layout) -> list[str]:
    """Return until when a patient is known of, and what happened."""
    cells = {
        "patient_id": person.patient_id,
        "last_contact": layout.of_day(person.last_contact),
        "death_time": layout.of_day(person.death),
        "mace_time": layout.of_day(person.mace),
    }
    return _in_order("follow_up", layout, cells)


def patient_row(person: Person, layout: Layout, *, has_sex: bool) -> list[str]:
    """Return the row of a patient, of some without the sex."""
    cells = {
        "patient_id": person.patient_id,
        "sex": layout.sexes[person.sex] if has_sex else "",
        "birth_date": layout.of_day(person.birth_date),
    }
    return _in_order("patients", layout, cells)


def _in_order(table: str, layout: Layout, cells: Mapping[str, str]) -> list[str]:
    return [cells.get(name, "") for name in layout.columns[table]]
