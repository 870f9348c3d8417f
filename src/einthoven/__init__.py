"""einthoven: from a hospital's ECG archive to a validated, explained diagnostic model.

The names below are loaded when they are first used, so importing the package imports nothing heavy.

>>> import einthoven
>>> einthoven.InputSpec().ingest.rate_hz
250.0
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Checkpoint",
    "Cohort",
    "InputSpec",
    "Predictions",
    "Protocol",
    "Record",
    "Store",
    "__version__",
    "draw_ecg",
    "evaluate",
    "ingest",
    "load_study",
    "locate",
    "measure",
    "predict",
    "prepare",
    "read",
    "read_report",
    "read_statements",
    "run_study",
]

if TYPE_CHECKING:
    from einthoven.cohort.cohort import Cohort
    from einthoven.cohort.labels.machine_statements import read_statements
    from einthoven.cohort.reports.read import read_report
    from einthoven.drawing.ecg_paper import draw_ecg
    from einthoven.ecg.formats import locate, read
    from einthoven.ecg.input_spec import InputSpec
    from einthoven.ecg.measurements import measure
    from einthoven.ecg.prepare import prepare
    from einthoven.ecg.record import Record
    from einthoven.evaluation.evaluate import evaluate
    from einthoven.evaluation.predictions import Predictions
    from einthoven.evaluation.protocol import Protocol
    from einthoven.models.checkpoint import Checkpoint
    from einthoven.models.predict import predict
    from einthoven.store.ingest import ingest
    from einthoven.store.store import Store
    from einthoven.study.run import run_study
    from einthoven.study.settings import load_study

_HOMES = {
    "Checkpoint": "models.checkpoint",
    "Cohort": "cohort.cohort",
    "InputSpec": "ecg.input_spec",
    "Predictions": "evaluation.predictions",
    "Protocol": "evaluation.protocol",
    "Record": "ecg.record",
    "Store": "store.store",
    "draw_ecg": "drawing.ecg_paper",
    "evaluate": "evaluation.evaluate",
    "ingest": "store.ingest",
    "load_study": "study.settings",
    "locate": "ecg.formats",
    "measure": "ecg.measurements",
    "predict": "models.predict",
    "prepare": "ecg.prepare",
    "read": "ecg.formats",
    "read_report": "cohort.reports.read",
    "read_statements": "cohort.labels.machine_statements",
    "run_study": "study.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'einthoven' has no attribute {name!r}")
    return getattr(importlib.import_module(f"einthoven.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
