"""The contract of every published model, over the whole table: weights with its names load strictly or not at all."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import torch

import einthoven.models.public
from einthoven.cohort.sources import SOURCES
from einthoven.errors import CheckpointError
from einthoven.models.public.catalogue import PUBLIC_MODELS, public_model
from einthoven.models.public.loading import expected_weights, load_public, match
from einthoven.models.public.public_model import PublicModel
from fakes.public_weights import STATE_DICTS, published_shapes, seeded_weights, write_weights


@pytest.fixture(params=sorted(PUBLIC_MODELS), scope="module")
def model(request) -> PublicModel:
    """Each published model in turn."""
    return public_model(request.param)


@pytest.fixture(scope="module")
def weights(model) -> dict[str, torch.Tensor]:
    """Return made-up weights with the published names and shapes."""
    return seeded_weights(model.name)


@pytest.fixture(scope="module")
def expected(model) -> dict[str, torch.Tensor]:
    """Return what the network wants."""
    return expected_weights(model)


def test_every_public_model_of_the_package_is_in_the_table():
    found = set()
    for module in pkgutil.iter_modules(einthoven.models.public.__path__, "einthoven.models.public."):
        for attribute, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, PublicModel):
                found.add(f"{module.name}:{attribute}")
    assert found == set(PUBLIC_MODELS.values())


def test_every_list_of_names_belongs_to_a_model():
    assert {path.stem for path in STATE_DICTS.glob("*.tsv")} == set(PUBLIC_MODELS)


def test_a_file_with_the_published_names_loads_strictly(model, weights, tmp_path):
    """Whatever is not ignored for a stated reason has its place, and its numbers arrive there."""
    checkpoint, report = load_public(model, write_weights(model, weights, tmp_path))
    assert report.complete
    assert model.converter or set(report.loaded) | set(report.ignored) == set(weights)
    if not model.converter:
        for name, target in report.loaded.items():
            assert torch.equal(checkpoint.state[target], weights[name]), name
    _check_outputs(model, checkpoint)


def _check_outputs(model: PublicModel, checkpoint) -> None:
    """Score a window of the model's own input: every part of the network is there."""
    network = checkpoint.network()
    assert not [name for name, tensor in network.named_buffers() if tensor.is_meta]
    shape = (1, len(model.spec.leads), model.spec.window_samples)
    signal = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    covariates = torch.zeros(1, len(model.covariates)) if model.covariates else None
    with torch.inference_mode():
        outputs = network(signal, covariates)
    assert outputs.shape == (1, len(model.labels) or network.encoder.feature_width)
    assert outputs.isfinite().all()


def test_what_is_counted_is_what_was_published(model):
    """The number in the table is a count over the published names: all of them, or those that are loaded."""
    shapes = published_shapes(model.name)
    whole = {name: torch.Size(shape).numel() for name, shape in shapes.items() if not name.endswith("_tracked")}
    statistics = ("running_mean", "running_var", "moving_mean:0", "moving_variance:0")
    weights_alone = {name: count for name, count in whole.items() if not name.endswith(statistics)}
    loaded = sum(
        tensor.numel()
        for name, tensor in expected_weights(model).items()
        if not name.endswith((*statistics, "num_batches_tracked"))
    )
    assert model.n_parameters in (sum(whole.values()), sum(weights_alone.values()), loaded)
    assert model.counted or model.n_parameters == loaded


@pytest.mark.parametrize("fault", ["dropped", "renamed", "reshaped"])
def test_any_one_tensor_that_is_wrong_is_named(model, weights, expected, fault):
    shapes = {name: tensor.to("meta") for name, tensor in weights.items()} if not model.converter else weights
    places = dict(_match(model, shapes, expected).loaded)
    for name in _loaded_names(model, shapes, expected):
        tensors = dict(shapes)
        if fault == "reshaped":
            tensors[name] = torch.empty(*tensors[name].shape, 2, device=tensors[name].device)
        else:
            tensor = tensors.pop(name)
            if fault == "renamed":
                tensors[name + "_x"] = tensor
        complaints = _complaints(model, tensors, expected)
        assert any(word in one for one in complaints for word in _named(name, fault, places)), (name, complaints)


def _named(name: str, fault: str, places: dict[str, str]) -> tuple[str, ...]:
    """Return what a complaint may say of a tensor: its name in the file or, of one that lacks, in the network."""
    if fault == "renamed":
        return (f"{name}_x is unexpected", f"{name}_x")
    if fault == "reshaped":
        return (f"{name} has shape",)
    return (f"{places.get(name, name)} is missing", name)


def _loaded_names(model, tensors, expected) -> list[str]:
    if model.converter:
        ignored = _match(model, tensors, expected).ignored
        return [name for name in tensors if name not in ignored and not name.startswith("optimizer")]
    return list(_match(model, tensors, expected).loaded)


def _complaints(model, tensors, expected) -> tuple[str, ...]:
    """Return what is wrong; a converter may refuse before there is anything to compare."""
    try:
        return _match(model, tensors, expected).complaints
    except CheckpointError as error:
        return (str(error),)


def _match(model, tensors, expected):
    return match(model, tensors, expected)[1]


def test_both_spellings_of_weight_normalisation_load(model, weights, expected):
    old = {
        name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): tensor
        for name, tensor in weights.items()
    }
    assert _match(model, old, expected).complete


def test_another_container_is_refused(model, weights, tmp_path):
    if model.file_kind != "torch":
        pytest.skip("its files have no containers")
    few = dict(list(weights.items())[:3])
    torch.save({"weights": few} if model.container else {"state_dict": few}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="hold"):
        load_public(model, tmp_path / "w.pth")


def test_the_encoder_alone_loads_without_a_head(model, weights):
    state, report = match(model, weights, expected_weights(model, encoder_only=True))
    assert report.complete
    assert not [name for name in state if name.startswith("head.")]


def test_facts_are_stated(model):
    assert model.name in PUBLIC_MODELS
    for text in (model.title, model.reference, model.code_licence, model.weight_licence):
        assert text
    assert model.sources
    assert model.pretrained_on
    assert all(source.address.startswith("https://") for source in model.sources)
    assert len(set(model.labels)) == len(model.labels)
    for seen in model.pretrained_on:
        assert seen.data_set in SOURCES or " " in seen.data_set, seen
    if "NC" in model.weight_licence:
        assert model.commercial_use is False


def test_presets_agree_on_leads_and_window(model):
    shapes = {(spec.leads, spec.window_samples) for spec in model.presets.values()}
    assert len(shapes) == 1
