"""Contrasts through the whole of pretraining: pairs of a patient's ECGs, and a run that is killed in between."""

from __future__ import annotations

import pyarrow as pa
import pytest
import torch

from einthoven.errors import CohortError
from fakes.pretraining import EVERY_STEP, TINY, pretrain_tiny
from fakes.stores import FakeStore

CONTRAST = {"projection_width": 4, "hidden_width": 8, "queue": 20}


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours handles it."""


def _cohort(store: FakeStore, *, ecgs_each: int) -> pa.Table:
    cohort = store.cohort(validation_every=1000)
    patients = [f"patient{i // ecgs_each}" for i in range(len(store))]
    return cohort.set_column(cohort.column_names.index("patient_id"), "patient_id", pa.array(patients))


def _pretrained(folder, *, ecgs_each: int = 2, **options):
    store = FakeStore(48)
    return pretrain_tiny(
        folder,
        store=store,
        cohort=_cohort(store, ecgs_each=ecgs_each),
        **{
            "objectives": {"patient_contrast": CONTRAST},
            "settings": TINY,
            "save_every_minutes": EVERY_STEP,
            "epochs": 5,
            **options,
        },
    )


@pytest.mark.slow
def test_a_run_that_is_killed_ends_with_the_weights_of_an_unbroken_one(tmp_path):
    """Queue and slow copy go on where they were, bit for bit."""

    def kill(report) -> None:
        if report.step == 5:
            raise Killed

    steps = []
    unbroken = _pretrained(tmp_path / "unbroken", at_step=steps.append)
    with pytest.raises(Killed):
        _pretrained(tmp_path / "killed", at_step=kill)
    again = _pretrained(tmp_path / "killed")
    assert len(steps) == 10
    assert steps[-1].terms["patient_contrast.negatives"] > steps[0].terms["patient_contrast.negatives"]
    assert all(torch.equal(unbroken.state[name], again.state[name]) for name in unbroken.state)


def test_patients_with_one_ecg_are_refused_where_two_are_compared(tmp_path):
    """Said with what is there; two windows of an ECG can be compared all the same."""
    with pytest.raises(CohortError, match="patient"):
        _pretrained(tmp_path / "patient", ecgs_each=1)
    segments = {"patient_contrast": {**CONTRAST, "positives": "segment"}}
    assert _pretrained(tmp_path / "segment", ecgs_each=1, objectives=segments, epochs=1).state
