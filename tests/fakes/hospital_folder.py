"""A hospital's export as the contract of sources needs it: six patients, ECGs that can be read."""

from __future__ import annotations

from pathlib import Path

import pydantic

from einthoven.cohort.sources.hospital import Hospital
from fakes.hospital_export import write_hospital_export


def make_hospital(folder: Path) -> Hospital:
    """Write the export; return the settings as a study file would hold them, without reading of reports."""
    truth = write_hospital_export(folder, n_patients=6, with_signals=True)
    settings = {"path": str(folder), "report_quantities": (), **truth.settings}
    return pydantic.TypeAdapter(Hospital).validate_python(settings)
