"""Recordings as the Kardia API describes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

SPELLED = {"I": "leadI", "II": "leadII", "III": "leadIII"}


def block(digital: np.ndarray, leads: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Return ``data.raw`` or ``data.enhanced`` of (lead, sample) whole numbers."""
    names = [SPELLED.get(lead.upper(), lead.upper()) for lead in leads]
    samples = {name: [int(value) for value in row] for name, row in zip(names, digital, strict=True)}
    said = {"frequency": 500, "mainsFrequency": 60, "amplitudeResolution": 1000, "numLeads": len(names)}
    return {**said, "samples": samples, **changes}


def recording(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a recording object."""
    said = {
        "id": "3KfQmvP1d93",
        "patientID": "wNSEDeLOEPQE5rznkJmwbnjpxfdst93i",
        "duration": 30000,
        "heartRate": 65,
        "note": "after a walk",
        "algorithmDetermination": "normal",
        "recordedAt": "2018-05-24T17:31:40Z",
    }
    return {**said, **changes, "data": data}


def _fake(name: str) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = folder / "rec.json"
        digital = np.rint(signal_mv * 1000).astype(int)
        path.write_text(json.dumps(recording({name: block(digital, leads)})), encoding="utf-8")
        return RecordLocation("rec", str(path), "kardia_json", {})

    return fake


FAKES: dict[str, Fake] = {"raw": _fake("raw"), "enhanced": _fake("enhanced")}
