"""An exported file says what its numbers mean."""

from __future__ import annotations

import dataclasses
import json

import einthoven
from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.export_metadata import export_metadata
from einthoven.models.head_settings import HeadSettings
from einthoven.models.public.public_model import Seen

SETTINGS = {"widths": [2, 2, 2]}
SPEC = InputSpec(view=ViewSpec(window_s=1.0))


def _checkpoint(labels: tuple[str, ...], **head) -> Checkpoint:
    settings = HeadSettings(**head)
    state = build("fcn", n_leads=12, n_labels=len(labels), head=settings, **SETTINGS).state_dict()
    return Checkpoint("fcn", SETTINGS, SPEC, labels, state, ("ptb_xl",), head=settings)


def test_all_that_a_user_of_the_file_needs_is_in_it():
    checkpoint = dataclasses.replace(
        _checkpoint(("LVEF",), task="regression", n_covariates=1, covariates=("age",)),
        public="made_up",
        licence="CC BY-NC 4.0",
        seen_in_pretraining=(Seen("code15", "1.0", "all"),),
    )
    metadata = json.loads(json.dumps(export_metadata(checkpoint)))
    assert InputSpec.from_dict(metadata.pop("input")) == SPEC
    assert metadata == {
        "type": "einthoven.export",
        "version": 1,
        "einthoven": einthoven.__version__,
        "architecture": "fcn",
        "task": "regression",
        "labels": ["LVEF"],
        "covariates": ["age"],
        "pretrained_on": ["ptb_xl"],
        "simulated": [],
        "public": "made_up",
        "seen_in_pretraining": [{"data_set": "code15", "version": "1.0", "split": "all"}],
        "licence": "CC BY-NC 4.0",
    }


def test_covariates_without_names_are_numbered_and_an_encoder_has_none():
    assert export_metadata(_checkpoint(("AF",), n_covariates=2))["covariates"] == ["covariate 0", "covariate 1"]
    assert export_metadata(_checkpoint((), n_covariates=2))["covariates"] == []
