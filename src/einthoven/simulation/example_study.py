"""A study file for a simulated export: what each column means, and a cohort to begin with."""

from __future__ import annotations

from typing import Any

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.simulation.export_patient import device_of
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.paper.layout import layout_of
from einthoven.simulation.settings import SimulationSettings
from einthoven.simulation.toml_text import toml_text

__all__ = ["example_study"]

HEADING = """Simulated data: whatever is found here checks the software; it is no evidence about patients.
einthoven cohort study.toml
To the right of each column stands the hospital's own name; put your export's there, and it is your study."""
COHORT: dict[str, Any] = {
    "auxiliary_labels": "einthoven46",
    "outcomes": {"lvsd": "lvef <= 40"},
    "pairing": {"window_days": 14},
    "eligible": {"adults": "age_years >= 18"},
    "split": {"method": "patient", "fractions": {"train": 0.6, "validation": 0.15, "test": 0.25}},
    "missing": {"sex": "keep"},
    "subgroups": {"age": {"<= 65": "age_years <= 65", "> 65": "age_years > 65"}},
}


def example_study(settings: SimulationSettings) -> str:
    """Return the text: the first hospital develops, the others are external; paths count from the export's folder."""
    data: dict[str, Any] = {}
    for name, hospital in settings.hospitals.items():
        layout = layout_of(hospital.site, columns=hospital.columns)
        role = "external" if data else "develop"
        data[name] = layout.study_section(path=name, role=role, files=_files(hospital))
    values = {"version": 1, "title": "A study of simulated hospitals", "seed": settings.seed}
    return toml_text({**values, "data": data, "cohort": COHORT}, heading=HEADING)


def _files(hospital: HospitalSettings) -> dict[str, Any]:
    """Return how ECG files are read; a table of samples says neither its rate nor its unit."""
    if hospital.file_format != "csv":
        return {"format": hospital.file_format}
    rate_hz = device_of(hospital).rate_hz
    declared = {"axes": "sample,lead", "rate_hz": rate_hz, "unit": "mV", "leads": list(STANDARD_LEADS), "skip_rows": 1}
    return {"format": "array", "format_options": declared}
