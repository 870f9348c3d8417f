"""ECGFounder: names and shapes of its weights, labels, and how its input is prepared."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import signal as scipy_signal

from einthoven.cohort.labels.label_sets import LABEL_SETS
from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.ecg.view import crop_starts, view
from einthoven.models.architectures import build
from einthoven.models.public.catalogue import public_model
from einthoven.models.public.public_model import PublicModel

# of github.com/PKUDigitalHealth/ECGFounder/blob/04edac7/tasks.txt, without the last line's end
TASKS_SHA256 = "2db8749c36d590d03cc0aabd9fa5d630becae2986ebf4c7a897f3390855983fd"
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


@pytest.fixture(params=["ecgfounder_12lead", "ecgfounder_1lead"])
def model(request) -> PublicModel:
    return public_model(request.param)


def _shapes(name: str) -> dict[str, list[int]]:
    lines = (Path(__file__).parent / "state_dicts" / f"{name}.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {key: json.loads(shape) for key, shape in rows}


def _ignored(model: PublicModel, key: str) -> bool:
    return any(re.fullmatch(one.pattern, key) for one in model.ignored)


def _target(model: PublicModel, key: str) -> str:
    found = [matched.expand(new) for old, new in model.key_map if (matched := re.fullmatch(old, key))]
    assert len(found) == 1, key
    return found[0]


def test_each_tensor_has_one_place_of_its_shape_or_a_reason_to_be_left_out(model):
    with torch.device("meta"):
        network = build(
            model.architecture, n_leads=len(model.spec.leads), n_labels=150, head=model.head, **model.settings
        )
    expected = {key: list(tensor.shape) for key, tensor in network.state_dict().items()}
    kept = {key: shape for key, shape in _shapes(model.name).items() if not _ignored(model, key)}
    assert {_target(model, key): shape for key, shape in kept.items()} == expected
    assert len(kept) == len(expected)


def test_what_is_left_out_is_batch_normalisation_alone(model):
    left_out = {key for key in _shapes(model.name) if _ignored(model, key)}
    assert left_out == {key for key in _shapes(model.name) if ".bn" in key or "first_bn" in key}


def test_parameters_are_counted_as_published_with_the_unused_normalisation(model):
    sizes = {key: math.prod(shape) for key, shape in _shapes(model.name).items() if not key.endswith(STATISTICS)}
    unused = sum(size for key, size in sizes.items() if _ignored(model, key))
    assert sum(sizes.values()) == model.n_parameters
    assert f"{unused:,}" in model.counted


def test_labels_are_the_lines_of_the_authors_list():
    labels = public_model("ecgfounder_12lead").labels
    assert hashlib.sha256("\n".join(labels).encode()).hexdigest() == TASKS_SHA256
    assert (labels[0], labels[20], labels[149]) == (
        "ABNORMAL ECG",
        "LEFT BUNDLE BRANCH BLOCK",
        "MULTIFOCAL ATRIAL TACHYCARDIA",
    )
    assert public_model("ecgfounder_1lead").labels == labels


def test_the_warning_counts_the_labels_that_compare_with_an_earlier_ecg(model):
    compared = [label for label in LABEL_SETS["ecgfounder150"] if label.group == "comparison"]
    assert any(warning.startswith(f"{len(compared)} of the 150 labels") for warning in model.warnings)


def test_each_preset_gives_ten_seconds_at_500_hz_and_comes_through_json(model):
    assert list(model.presets) == ["dataset", "evaluation", "manuscript"]
    assert model.spec == model.presets["dataset"]
    for spec in model.presets.values():
        assert spec.window_samples == 5000
        assert InputSpec.from_json(spec.to_json()) == spec
    assert len({spec.ingest.ingest_hash for spec in model.presets.values()}) == 3


def test_leads_are_in_the_standard_order_and_one_lead_is_lead_i():
    order = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    assert public_model("ecgfounder_12lead").spec.leads == order
    assert public_model("ecgfounder_1lead").spec.leads == ("I",)


def _ecg(n_leads: int, seconds: int) -> np.ndarray:
    """Return float64 (L, T), mV at 500 Hz: beats on a moving baseline, with mains and noise."""
    random = np.random.default_rng(0)
    time = np.arange(500 * seconds) / 500
    beats = sum(np.exp(-(((time - beat) / 0.02) ** 2)) for beat in np.arange(0.3, seconds, 0.83))
    baseline = 0.3 * np.sin(2 * np.pi * 0.15 * time) + 0.1 * np.sin(2 * np.pi * 50 * time)
    heights = random.uniform(0.3, 1.5, (n_leads, 1))
    return heights * beats + baseline + 0.02 * random.normal(size=(n_leads, time.size))


def _prepared(signal: np.ndarray, spec: InputSpec) -> np.ndarray:
    return prepare(Record(signal.astype(np.float32), spec.leads, 500.0, "made up"), spec.ingest).signal()


def _forwards_and_backwards(signal: np.ndarray, *filters: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    for numerator, denominator in filters:
        signal = scipy_signal.filtfilt(numerator, denominator, signal, axis=1, padlen=2500)
    return signal


def test_the_dataset_preset_filters_as_the_authors_script_away_from_the_ends():
    spec, signal = public_model("ecgfounder_1lead").presets["dataset"], _ecg(1, 30)
    notch = scipy_signal.iirnotch(50, 30, 500)
    band = scipy_signal.butter(4, [0.67, 40], btype="bandpass", fs=500)
    expected = _forwards_and_backwards(signal, notch, band)
    expected = expected - scipy_signal.medfilt(expected[0], 201)
    inside = slice(4 * 500, -4 * 500)
    error = np.abs(_prepared(signal, spec) - expected)[:, inside].max()
    assert error < 5e-4 * expected[:, inside].std()


def test_the_manuscript_preset_filters_as_the_paper_says_away_from_the_ends():
    spec, signal = public_model("ecgfounder_1lead").presets["manuscript"], _ecg(1, 30)
    notches = [scipy_signal.iirnotch(frequency, 30, 500) for frequency in (50, 60)]
    high = scipy_signal.butter(2, 0.5, btype="highpass", fs=500)
    low = scipy_signal.butter(2, 50, btype="lowpass", fs=500)
    expected = _forwards_and_backwards(signal, *notches, high, low)
    inside = slice(4 * 500, -4 * 500)
    error = np.abs(_prepared(signal, spec) - expected)[:, inside].max()
    assert error < 5e-4 * expected[:, inside].std()


def test_the_evaluation_preset_only_scales_all_leads_together():
    spec, signal = public_model("ecgfounder_12lead").presets["evaluation"], _ecg(12, 10)
    seen = view(_prepared(signal, spec), spec.view, stored_leads=spec.leads, start=0, length=5000)
    assert np.abs(seen - (signal - signal.mean()) / (signal.std() + 1e-8)).max() < 1e-3


def test_long_records_give_consecutive_windows_and_short_ones_are_followed_by_zeros(model):
    spec = model.spec
    assert crop_starts(spec.view, 500.0, 16_000) == [0, 5000, 10_000]
    assert crop_starts(spec.view, 500.0, 9999) == [0]
    short = view(_ecg(len(spec.leads), 8), spec.view, stored_leads=spec.leads, start=0, length=5000)
    assert short.shape[1] == 5000
    assert not short[:, 4000:].any()
    assert abs(short[:, :4000].mean()) < 1e-6
