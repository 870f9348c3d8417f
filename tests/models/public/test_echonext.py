"""The EchoNext minimodel: its covariates and labels, and its input, compared with SciPy in the machine's units."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from scipy.signal import medfilt

from einthoven.cohort.sources.echonext_labels import echo_labels
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.ecg.view import view
from einthoven.models.public.echonext import ECHONEXT_MINI, LOWER, MEAN, MV_PER_UNIT, PRESETS, STD, UPPER
from einthoven.models.public.loading import expected_weights, load_public
from fakes.public_weights import seeded_weights, write_weights


def _recorded(seed: int = 0) -> np.ndarray:
    """Return 10 s at 500 Hz in the machine's units, a wandering baseline and steep complexes that are clipped."""
    generator = np.random.default_rng(seed)
    time = np.arange(5000) / 500
    wander = 120 * np.sin(2 * math.pi * 0.25 * time + generator.uniform(0, 6, (12, 1)))
    complexes = generator.uniform(-700, 700, (12, 1)) * np.exp(-(((time % 0.8) - 0.3) ** 2) / (2 * 0.012**2))
    return np.round(wander + complexes + generator.normal(0, 4, (12, 5000)))


def test_the_input_is_that_of_scipy_in_the_machines_units():
    raw = _recorded()
    true, n_clipped = np.empty((12, 2500)), 0
    for lead, samples in enumerate(raw[:, ::2]):
        baseline = medfilt(medfilt(samples, 51), 151)
        clipped = np.clip(samples - baseline, LOWER[lead], UPPER[lead])
        n_clipped += int((clipped != samples - baseline).sum())
        true[lead] = (clipped - MEAN[lead]) / STD[lead]
    spec = ECHONEXT_MINI.spec
    millivolts = (MV_PER_UNIT * raw).astype(np.float32)
    record = Record(millivolts, STANDARD_LEADS, 500.0, "one", unit="mV")
    stored = prepare(record, spec.ingest)
    seen = view(stored.signal(), spec.view, stored_leads=STANDARD_LEADS, start=0, length=spec.window_samples)
    assert n_clipped > 100
    np.testing.assert_allclose(seen, true, atol=2e-3)  # a store holds 16 bits


def test_what_physionet_offers_is_taken_as_it_is():
    spec = PRESETS["physionet"]
    signal = np.random.default_rng(0).standard_normal((12, 2500)).astype(np.float32)
    seen = view(signal, spec.view, stored_leads=STANDARD_LEADS, start=0, length=spec.window_samples)
    assert np.array_equal(seen, signal)
    assert spec.ingest.unit == "arbitrary"


def test_covariates_stand_behind_the_features(tmp_path):
    checkpoint, _ = load_public(ECHONEXT_MINI, write_weights(ECHONEXT_MINI, seeded_weights("echonext_mini"), tmp_path))
    network = checkpoint.network()
    generator = torch.Generator().manual_seed(0)
    signal, covariates = torch.randn(2, 12, 2500, generator=generator), torch.randn(2, 7, generator=generator)
    with torch.inference_mode():
        outputs = network(signal, covariates)
        read = torch.cat([network.features(signal), covariates], dim=1)
        expected = read @ network.head.linear.weight.T + network.head.linear.bias
    assert read.shape == (2, 263)
    assert torch.allclose(outputs, expected, atol=1e-6)


def test_each_covariate_of_the_head_is_put_in_words():
    named = ECHONEXT_MINI.head.covariates
    assert len(ECHONEXT_MINI.covariates) == len(named) == ECHONEXT_MINI.head.n_covariates == 7
    scales = [re.search(r"\(value - ([\d.]+)\) / ([\d.]+)", words) for words in ECHONEXT_MINI.covariates]
    assert [scale is not None for scale in scales] == [False, *[True] * 6]


def test_labels_are_those_of_the_data_set_in_the_same_order():
    assert list(ECHONEXT_MINI.labels) == [name for name, label in echo_labels().items() if not label.is_value]


@pytest.mark.parametrize("numbers", [LOWER, UPPER, MEAN, STD])
def test_there_is_a_number_for_each_lead(numbers):
    assert len(numbers) == 12


def test_the_last_layer_reads_256_features_and_7_covariates():
    assert expected_weights(ECHONEXT_MINI)["head.linear.weight"].shape == (12, 263)
