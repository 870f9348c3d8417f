from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from einthoven.models.architectures import build
from einthoven.simulation.clinical_state import ClinicalState, Infarct

SMALL = {"depth": 18, "widths": (4, 4, 4, 4), "stem_widths": (4, 4, 4)}


@pytest.fixture
def ecgs():
    """Return 40 short ECGs of noise, and two labels."""
    rng = np.random.default_rng(0)
    truth = (rng.random((40, 2)) < 0.5).astype(np.float32)
    return rng.normal(size=(40, 12, 128)).astype(np.float16), truth


def test_draws_are_nested_and_touch_no_test_patient(pretraining_script):
    """The first labels of a draw are among its later ones; validation is what the draw never labels, and no test."""
    arms = pretraining_script("pretraining_arms")
    split = np.array(["train"] * 600 + ["validation"] * 100 + ["test"] * 300)
    arrays = arms.Arrays(np.empty((1000, 0, 0)), np.empty((1000, 0)), np.arange(1000).astype(str), split)
    first, again, other = (arrays.labelled(20, draw) for draw in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert sorted(first) == list(range(600))
    validation = arrays.validation(first)
    assert set(split[validation]) == {"train", "validation"}
    assert not set(validation) & set(first[:512])
    assert len(validation) == 100 + 600 - 512


def test_a_probe_is_the_logistic_regression_of_standardised_features(pretraining_script, ecgs):
    """The head's outputs are those of scikit-learn on the frozen encoder's features."""
    tuning = pretraining_script("pretraining_fine_tuning")
    signal, truth = ecgs
    torch.manual_seed(0)
    network = build("xresnet1d", n_leads=12, n_labels=2, **SMALL)
    tuning.fine_tune(network, signal, truth, tuning.Recipe(steps=0, probe_strength=0.5), seed=1)
    with torch.inference_mode():
        features = network.features(torch.from_numpy(signal).float()).double().numpy()
    scaled = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-4)
    expected = LogisticRegression(C=0.5, max_iter=500).fit(scaled, truth[:, 1]).decision_function(scaled)
    assert tuning.scored(network, signal)[:, 1] == pytest.approx(expected, abs=1e-3)


def test_answers_of_a_pretrained_head_are_trusted_as_far_as_the_prior_says(pretraining_script, ecgs):
    """With a large prior and a strong penalty the probe's answers rank ECGs as the pretrained head's do."""
    tuning = pretraining_script("pretraining_fine_tuning")
    signal, _ = ecgs
    torch.manual_seed(0)
    network = build("xresnet1d", n_leads=12, n_labels=2, **SMALL)
    known = tuning.scored(network, signal)
    truth = (known > np.median(known, axis=0)).astype(np.float32)
    answers = tuning.Answers(network.head.linear.weight.detach().double().numpy().copy())
    recipe = tuning.Recipe(steps=0, probe_strength=1e-5, prior=1000.0)
    tuning.fine_tune(network, signal, truth, recipe, seed=1, answers=answers)
    found = tuning.scored(network, signal)
    for label in range(2):
        assert np.corrcoef(found[:, label], known[:, label])[0, 1] > 0.9


def test_fine_tuning_is_seeded_and_slower_near_the_input(pretraining_script, ecgs):
    """The same seed gives the same weights; the first layer moves less than the head."""
    tuning = pretraining_script("pretraining_fine_tuning")
    moved = []
    for _ in range(2):
        torch.manual_seed(0)
        network = build("xresnet1d", n_leads=12, n_labels=2, **SMALL)
        before = {name: value.clone() for name, value in network.named_parameters()}
        recipe = tuning.Recipe(steps=4, learning_rate=1e-2, layer_decay=0.3, window=100, batch_size=16)
        tuning.fine_tune(network, *ecgs, recipe, seed=5)
        moved.append(
            {name: float((value - before[name]).detach().abs().max()) for name, value in network.named_parameters()}
        )
    assert moved[0] == moved[1]
    names = list(moved[0])
    assert moved[0][names[0]] < 0.2 * moved[0]["head.linear.weight"]


def test_labels_of_simulated_hearts_say_what_was_simulated(pretraining_script):
    """A healthy heart is normal; a small infarct is neither there nor absent, and so are the groups above it."""
    simulated = pretraining_script("pretraining_simulated")
    nothing = np.zeros(0)
    truth = simulated.EcgTruth(
        p_onset_s=nothing, p_end_s=nothing, p_kinds=(), qrs_onset_s=nothing, qrs_end_s=nothing, t_end_s=nothing,
        qrs_kinds=("conducted", "ectopic"), rr_s=nothing, spikes_s=nothing, atrial_rate_bpm=np.nan, noise=None,
    )  # fmt: skip
    infarct = ClinicalState(
        age_years=65.0, sex="M", infarcts=(Infarct("inferior", 0.1, 100.0),), conduction="rbbb_lafb", lvh=0.3
    )
    labels = simulated.labels_of(infarct, truth)
    assert list(labels) == list(simulated.LABELS)
    assert [labels[name] for name in ("NORM", "CD", "HYP", "rbbb", "lafb", "mi_anterior", "female")] == [
        0,
        1,
        1,
        1,
        1,
        0,
        0,
    ]
    assert [labels[name] for name in ("premature_ventricular", "premature_atrial")] == [1, 0]
    assert all(np.isnan(labels[name]) for name in ("MI", "mi_inferior", "older"))
