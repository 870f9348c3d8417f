"""The age network of CODE: the authors' names, and its output."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.models.public.code_age import CODE_AGE
from einthoven.models.public.loading import load_public
from fakes.public_weights import published_shapes, write_weights
from models.code_resnet_in_numpy import random_weights, torch_forward


def test_the_age_of_a_loaded_file_is_that_of_the_authors_network(tmp_path):
    shapes = {name: shape for name, shape in published_shapes("code_age").items() if not name.endswith("_tracked")}
    weights = random_weights(shapes)
    counters = {name: torch.tensor(7) for name in published_shapes("code_age") if name.endswith("_tracked")}
    tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
    checkpoint, _ = load_public(CODE_AGE, write_weights(CODE_AGE, tensors | counters, tmp_path))
    signal = np.random.default_rng(2).standard_normal((12, 4096)).astype(np.float32)
    network = checkpoint.network()
    with torch.inference_mode():
        outputs = network(torch.from_numpy(signal)[None])
    true = torch_forward(signal, weights, strides=(1, 4, 4, 4, 4))
    assert np.abs(outputs[0].numpy() - true).max() / np.abs(true).max() < 1e-5
    assert torch.equal(network.head.scores(outputs), outputs)  # years, not a probability


def test_the_test_set_of_the_authors_is_not_among_what_the_weights_have_seen():
    assert "code15" not in {seen.data_set for seen in CODE_AGE.pretrained_on}
