"""How many alerts clinicians and patients would get, at each cut-off of the protocol and by each reader.

``at`` is as in ``operating_points``. Per 1,000 ECGs; per patient-year, from the first to the last ECG of each patient
of the split (needs a column ``time``); repeat alerts, the share that follow an earlier alert of the same patient; the
patients with an alert and with two or more; false alerts per true one. An alert comes whether or not anybody knows the
truth, so all but the last are of all records of the split, those of unknown truth included.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.evaluation.analyses.operating_points import operating_points
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import Decisions, decision_metrics, undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ResultRow, Rows
from einthoven.evaluation.statistics.alerts_per_1000 import alerts_per_1000
from einthoven.evaluation.statistics.alerts_per_patient_year import alerts_per_patient_year
from einthoven.evaluation.statistics.number_needed import false_alerts_per_true
from einthoven.evaluation.statistics.repeat_alerts import patients_alerted, repeat_alerts

__all__ = ["analyse"]

PER_RECORD: dict[str, Callable[..., Estimate]] = {"alerts_per_1000": alerts_per_1000}
# of records whose truth is known
PER_CALL: dict[str, Callable[..., Estimate]] = {"false_alerts_per_true": false_alerts_per_true}
# of the patients, who must be known
PER_PATIENT: dict[str, Callable[..., Estimate]] = {
    "repeat_alerts": repeat_alerts,
    "patients_alerted": patients_alerted,
    "patients_alerted_twice": partial(patients_alerted, least=2),
}
MICROSECONDS_PER_DAY = 86_400e6


def analyse(context: Context) -> Rows:
    """Return the burden of each operating point of each label, of each model's main seed."""
    rows, level = Rows(), context.protocol.level
    for one in context.main:
        # where it is unknown the truth is 0, which decides nothing of these
        full = context.in_split(one, one.split, keep_unknown=True)
        asked = dataclasses.replace(full, truth=np.nan_to_num(full.truth))
        known = operating_points(context, one)
        for at, decisions in operating_points(context, asked).items():
            found = decision_metrics(asked, decisions, PER_RECORD, level=level)
            found |= decision_metrics(one, known[at], PER_CALL, level=level)
            if decisions.values is not None:
                found |= _per_patient(context, asked, decisions.values)
            rows.results += [
                ResultRow(*one.key, metric, estimate, analysis="alert_burden", at=at)
                for metric, estimate in found.items()
            ]
    return rows


def _per_patient(context: Context, one: LabelScores, called: NDArray[np.bool_]) -> dict[str, Estimate]:
    if one.truth.size == 0:
        return {}
    given = one.options(context.protocol.level)
    found = {name: metric(called, **given) for name, metric in PER_PATIENT.items()}
    return found | {"alerts_per_patient_year": _per_year(context, one, Decisions(called))}


def _per_year(context: Context, one: LabelScores, decisions: Decisions) -> Estimate:
    if not context.has("time"):
        return undefined(one, "the predictions have no column 'time'")
    taken = pc.take(context.predictions.table["time"], pa.array(one.row))
    known = ~np.asarray(taken.is_null().to_numpy(), dtype=np.bool_)
    if decisions.values is None or not known.any():
        return undefined(one, "no record has a time")
    stamps = taken.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).fill_null(0).to_numpy()
    part = one.only(known)
    return alerts_per_patient_year(
        decisions.values[known], stamps[known] / MICROSECONDS_PER_DAY, clusters=part.patient, weights=part.weight,
        level=context.protocol.level,
    )  # fmt: skip
