"""A file of weights is recognised by the names and shapes of its tensors, and by its SHA-256."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from einthoven.errors import CheckpointError
from einthoven.models.public import recognise as recognise_module
from einthoven.models.public.catalogue import public_model, public_model_names
from einthoven.models.public.public_model import WeightSource
from einthoven.models.public.recognise import recognise
from einthoven.models.public.weight_file import read_whole
from fakes.public_weights import seeded_weights, write_weights

# a small file of each kind: pickled in a container, without one, safetensors, Keras'; ECG-JEPA's are two models'
TRIED = ("echonext_mini", "merl_resnet18", "hubert_ecg_small", "code", "ecg_jepa_random")


@pytest.mark.parametrize("name", TRIED)
def test_a_published_file_is_recognised(name, tmp_path):
    found = recognise(write_weights(public_model(name), seeded_weights(name), tmp_path))
    fitting = {one.model.name for one in found if one.report.complete}
    assert name in fitting
    assert fitting <= {name, "ecg_jepa_multiblock"}
    assert found[0].report.complete


def test_among_models_of_one_shape_the_hash_decides(tmp_path, monkeypatch):
    model = public_model("echonext_mini")
    path = write_weights(model, seeded_weights(model.name), tmp_path)
    offered = (WeightSource("https://example.org", "w.pth", read_whole(path).sha256),)
    monkeypatch.setattr(recognise_module, "public_model_names", lambda: ["first", "second"])
    for published in ("first", "second"):

        def named(name, published=published):
            return dataclasses.replace(model, name=name, sources=offered if name == published else ())

        monkeypatch.setattr(recognise_module, "public_model", named)
        best, other = recognise(path)
        assert (best.model.name, best.published, other.published) == (published, True, False)


def test_a_changed_file_is_nearest_to_what_it_was(tmp_path):
    weights = seeded_weights("echonext_mini")
    names = list(weights)
    del weights[names[0]]
    weights["surplus"] = torch.ones(1)
    best = recognise(write_weights(public_model("echonext_mini"), weights, tmp_path))[0]
    assert best.model.name == "echonext_mini"
    assert len(best.report.complaints) == 2
    assert not best.published


@pytest.mark.parametrize("content", [{"a.weight": torch.ones(2)}, {"epoch": 3}, [1, 2]])
def test_what_has_other_names_resembles_nothing(content, tmp_path):
    torch.save(content, tmp_path / "w.pth")
    assert recognise(tmp_path / "w.pth") == []


def test_a_file_that_is_none_of_weights_is_refused(tmp_path):
    (tmp_path / "w.pth").write_text("<html>")
    with pytest.raises(CheckpointError, match="web page"):
        recognise(tmp_path / "w.pth")


def test_networks_are_built_for_files_with_their_names_alone(tmp_path, monkeypatch):
    """Recognising one model's file doesn't cost as much as loading all."""
    compared = []

    def examine(model, file):
        compared.append(model.name)
        return real(model, file)

    real = recognise_module.examine
    monkeypatch.setattr(recognise_module, "examine", examine)
    recognise(write_weights(public_model("echonext_mini"), seeded_weights("echonext_mini"), tmp_path))
    assert "echonext_mini" in compared
    assert len(compared) < len(public_model_names()) / 2
