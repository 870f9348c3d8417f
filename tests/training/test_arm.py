"""Settings that can't train are refused by name."""

from __future__ import annotations

import pytest

from einthoven.errors import SpecificationError
from einthoven.models.head_settings import HeadSettings
from einthoven.training.arm import ArmSettings


def test_the_defaults_are_accepted():
    assert ArmSettings().architecture == "se_resnext1d"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"ema_decay": 1.0}, "ema_decay"),
        ({"warm_up": -0.1}, "warm_up"),
        ({"early_stopping": "auc"}, "auroc"),
        ({"positive_weights": "yes"}, "balanced"),
        ({"precision": "fp16"}, "bf16"),
        (
            {"head": HeadSettings(task="survival_cox")},
            "head.task must be 'binary' without covariates, got 'survival_cox'",
        ),
        ({"head": HeadSettings(n_covariates=2)}, "without covariates, got 'binary' with 2"),
    ],
)
def test_a_setting_out_of_range_is_refused(settings, message):
    with pytest.raises(SpecificationError, match=message):
        ArmSettings(**settings)
