"""A published file is loaded whole or refused by name; the model here is made up and small."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from einthoven.ecg.input_spec import IngestSpec, InputSpec, ViewSpec
from einthoven.errors import CheckpointError, UnknownNameError
from einthoven.models.architectures import build
from einthoven.models.public.loading import check_weights, expected_weights, load_public, match
from einthoven.models.public.public_model import Ignored, PublicModel, Seen

SPEC = InputSpec(IngestSpec(leads=("I", "II"), rate_hz=100.0), ViewSpec(window_s=2.0))
OTHER = dataclasses.replace(SPEC, view=ViewSpec(window_s=1.0))
MODEL = PublicModel(
    name="made_up",
    title="a network nobody published",
    reference="none",
    architecture="xresnet1d",
    settings={"widths": (2, 2, 2, 2), "stem_widths": (2,)},
    presets={"paper": SPEC, "code": OTHER},
    container=("state_dict",),
    key_map=((r"net\.(.*)", r"encoder.blocks.\1"), (r"fc\.(weight|bias)", r"head.linear.\1")),
    ignored=(Ignored(r"decoder\..*", "it belongs to pretraining"),),
    labels=("AF", "LBBB"),
    n_parameters=100,
    code_licence="MIT",
    weight_licence="CC BY-NC 4.0",
    commercial_use=False,
    pretrained_on=(Seen("ptb_xl", "1.0.3", "folds 1 to 8"), Seen("ptb_xl", "1.0.1"), Seen("code15")),
    sources=(),
)

EXPECTED = expected_weights(MODEL)


@pytest.fixture
def published() -> dict[str, torch.Tensor]:
    """Return tensors under the names of the made-up authors."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        state = build("xresnet1d", n_leads=2, n_labels=2, head=MODEL.head, **MODEL.settings).state_dict()
    renamed = {name.replace("encoder.blocks.", "net.").replace("head.linear.", "fc."): t for name, t in state.items()}
    return {**renamed, "decoder.weight": torch.ones(3)}


def _save(tensors, path, **other):
    torch.save({"state_dict": tensors, "epoch": 3, **other}, path)
    return path


def test_every_tensor_is_loaded_or_ignored_for_a_reason(published, tmp_path):
    checkpoint, report = load_public(MODEL, _save(published, tmp_path / "w.pth"))
    assert report.complete
    assert not report.complaints
    assert set(report.loaded) | set(report.ignored) == set(published)
    assert report.ignored == {"decoder.weight": "it belongs to pretraining"}
    for name, target in report.loaded.items():
        assert torch.equal(checkpoint.state[target], published[name])


def test_the_checkpoint_says_what_it_is(published, tmp_path):
    checkpoint, _ = load_public(MODEL, _save(published, tmp_path / "w.pth"))
    assert checkpoint.labels == ("AF", "LBBB")
    assert checkpoint.spec == SPEC
    assert (checkpoint.public, checkpoint.licence) == ("made_up", "CC BY-NC 4.0")
    assert checkpoint.pretrained_on == ("ptb_xl", "code15")


def test_a_preset_is_chosen_by_name(published, tmp_path):
    path = _save(published, tmp_path / "w.pth")
    assert load_public(MODEL, path, preset="code")[0].spec == OTHER
    with pytest.raises(UnknownNameError, match="did you mean 'paper'"):
        load_public(MODEL, path, preset="papers")


@pytest.mark.parametrize("change", ["drop", "rename", "reshape", "claim"])
def test_each_tensor_counts(published, change):
    """Whatever is wrong with any one tensor is found and named."""
    for name in [name for name in published if not name.startswith("decoder")]:
        tensors, target = dict(published), match(MODEL, published, EXPECTED)[1].loaded[name]
        if change == "drop":
            del tensors[name]
            expected = f"{target} is missing"
        elif change == "rename":
            tensors["x" + name] = tensors.pop(name)
            expected = f"x{name} is unexpected"
        elif change == "reshape":
            tensors[name] = torch.zeros(*tensors[name].shape, 1)
            expected = f"{name} has shape {tuple(tensors[name].shape)}, not {tuple(published[name].shape)}"
        else:
            model = dataclasses.replace(MODEL, key_map=(*MODEL.key_map, (r"second", target)))
            report = match(model, {**tensors, "second": tensors[name]}, EXPECTED)[1]
            assert f"{target} is claimed by {name} and second" in report.complaints
            continue
        report = match(MODEL, tensors, EXPECTED)[1]
        assert not report.complete
        assert expected in report.complaints


def test_whole_numbers_are_no_weights(published):
    published["fc.bias"] = torch.tensor([1, 2])
    published["net.stem.0.1.num_batches_tracked"] = torch.tensor(7.0)
    assert match(MODEL, published, EXPECTED)[1].wrong_kind == ("net.stem.0.1.num_batches_tracked", "fc.bias")


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_numbers_that_are_none_are_refused(published, tmp_path, value):
    published["net.stage2.0.branch.0.0.weight"][0, 0, 0] = value
    with pytest.raises(CheckpointError, match=r"net\.stage2\.0\.branch\.0\.0\.weight holds NaN or infinity"):
        load_public(MODEL, _save(published, tmp_path / "w.pth"))


def test_a_file_that_does_not_fit_is_refused_with_names(published, tmp_path):
    del published["fc.bias"]
    path = _save({**published, "extra": torch.ones(1)}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match=r"head\.linear\.bias is missing; extra is unexpected.*models check"):
        load_public(MODEL, path)
    report, file = check_weights(MODEL, path)
    assert (report.missing, report.unexpected) == (("head.linear.bias",), ("extra",))
    assert len(file.tensors) == len(published) + 1


def test_another_container_is_refused(published, tmp_path):
    torch.save({"model": published}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match=r"under \['state_dict'\]; it holds model"):
        load_public(MODEL, tmp_path / "w.pth")


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module._orig_mod.", "model.module."])
def test_what_a_training_wrapper_put_before_the_names_is_taken_off(published, prefix):
    state, report = match(MODEL, {prefix + name: tensor for name, tensor in published.items()}, EXPECTED)
    assert report.complete
    assert torch.equal(state["head.linear.bias"], published["fc.bias"])


def test_the_encoder_alone_leaves_labels_and_head_away(published, tmp_path):
    checkpoint, report = load_public(MODEL, _save(published, tmp_path / "w.pth"), encoder_only=True)
    assert checkpoint.labels == ()
    assert report.ignored["fc.weight"] == "the encoder alone is asked for"
    assert not [name for name in checkpoint.state if name.startswith("head.")]


def test_half_precision_becomes_single(published):
    state, report = match(
        MODEL, {name: t.half() if t.is_floating_point() else t for name, t in published.items()}, EXPECTED
    )
    assert report.complete
    assert {tensor.dtype for tensor in state.values()} == {torch.float32, torch.int64}


def test_the_caller_s_random_state_stays_as_it_was(published, tmp_path):
    path = _save(published, tmp_path / "w.pth")
    before = torch.random.get_rng_state()
    load_public(MODEL, path)[0].network()
    assert torch.equal(torch.random.get_rng_state(), before)
