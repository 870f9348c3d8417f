"""Settings of a head: wrong ones are refused by name, and they travel as JSON."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.head_settings import HEADS, HeadSettings
from einthoven.registry import resolve


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"task": "binery"}, "did you mean 'binary'"),
        ({"pooling": "atention"}, "did you mean 'attention'"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
        ({"hidden_width": -1}, "hidden_width must be at least 0, got -1"),
        ({"attention_heads": 0}, "attention_heads must be at least 1, got 0"),
        ({"n_covariates": -2}, "n_covariates must be at least 0, got -2"),
        ({"n_covariates": 2, "covariates": ("age",)}, "must name all 2 covariates or none"),
        ({"task": "survival_discrete"}, "intervals_days"),
        ({"intervals_days": (30.0,)}, "of no other task"),
        ({"task": "survival_discrete", "intervals_days": (30.0, 30.0)}, "must be positive and rise"),
        ({"task": "survival_discrete", "intervals_days": (0.0, 30.0)}, "must be positive and rise"),
        ({"target_mean": (1.0,), "target_scale": (1.0,)}, "belong to 'regression'"),
        ({"task": "regression", "target_mean": (1.0,)}, "one value per label each"),
        ({"task": "regression", "target_mean": (1.0,), "target_scale": (0.0,)}, "scales above 0"),
    ],
)
def test_wrong_settings_are_refused_by_name(values, message):
    with pytest.raises(SpecificationError, match=message):
        HeadSettings(**values)


def test_settings_come_back_from_json():
    settings = HeadSettings(task="survival_discrete", intervals_days=(30.0, 365.0), n_covariates=1, covariates=("age",))
    assert HeadSettings.from_dict(json.loads(json.dumps(dataclasses.asdict(settings)))) == settings


def test_an_unknown_setting_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'dropout'"):
        HeadSettings.from_dict({"droput": 0.1})


@pytest.mark.parametrize("task", sorted(HEADS))
def test_each_task_has_its_class(task):
    assert resolve("heads", task, HEADS).__name__.endswith("Head")


def test_settings_are_read_without_torch():
    code = "import sys, einthoven.models.head_settings, einthoven.models.lead_adaptation; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
