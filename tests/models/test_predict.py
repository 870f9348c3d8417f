"""Scores: the same from a store and from a record, alone and in company, and the network is left as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.prepare import Prepared
from einthoven.errors import CheckpointError, SpecificationError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HEADS, HeadSettings
from einthoven.models.predict import embed, predict, predict_network, predict_prepared
from fakes.stores import FakeStore

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}
VIEW = ViewSpec(window_s=2.0, test_crops_s=(0.0, 0.2, 0.5), normalise=NormaliseSpec("zscore"))


def _checkpoint(store, view: ViewSpec = VIEW, *, labels=("up", "loud"), head: HeadSettings | None = None) -> Checkpoint:
    spec, head = InputSpec(store.spec, view), head or HeadSettings()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("xresnet1d", n_leads=len(spec.leads), n_labels=len(labels), head=head, **SETTINGS)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return Checkpoint("xresnet1d", SETTINGS, spec, labels, network.state_dict(), head=head)


def _crops(store, row: int) -> torch.Tensor:
    """Return the normalised test crops of a record of 2.5 s, worked out here."""
    signal = torch.from_numpy(store.read_each([row])[0] * store.scales([row])[0][:, None])
    crops = torch.stack([signal[:, start : start + 200] for start in (0, 20, 50)])
    return (crops - crops.mean(-1, keepdim=True)) / (crops.std(-1, keepdim=True, correction=0) + 1e-6)


def test_the_score_is_the_mean_probability_of_the_test_crops():
    store = FakeStore(3)
    checkpoint = _checkpoint(store)
    network = checkpoint.network()
    with torch.inference_mode():
        expected = network(_crops(store, 1)).double().sigmoid().mean(0).numpy()
    assert np.allclose(predict(checkpoint, store, np.array([1]))[0], expected, atol=1e-6)


@pytest.mark.parametrize("task", sorted(HEADS))
def test_the_scores_of_every_task_are_the_mean_of_the_heads_scores_of_the_test_crops(task):
    store = FakeStore(3)
    extra = {"intervals_days": (30.0, 365.0)} if task == "survival_discrete" else {}
    extra |= {"target_mean": (60.0, 3.0), "target_scale": (10.0, 1.0)} if task == "regression" else {}
    checkpoint = _checkpoint(store, head=HeadSettings(task=task, pooling="attention", **extra))
    network = checkpoint.network()
    with torch.inference_mode():
        expected = network.head.scores(network(_crops(store, 1)).double()).mean(0).numpy()
    assert predict(checkpoint, store, np.array([1]))[0] == pytest.approx(expected, abs=1e-5)


def test_embeddings_are_the_mean_features_of_the_test_crops_with_or_without_labels():
    store = FakeStore(5, lengths=(250, 200))
    checkpoint = _checkpoint(store)
    with torch.inference_mode():
        expected = checkpoint.network().features(_crops(store, 2)).mean(0).numpy()
    embedded = embed(checkpoint, store, np.array([2, 0, 1]), batch_size=2)
    assert embedded.dtype == np.float32
    assert embedded.shape == (3, 8)
    assert embedded[0] == pytest.approx(expected, abs=1e-6)
    state = {key: tensor for key, tensor in checkpoint.state.items() if key.startswith("encoder.")}
    bare = Checkpoint("xresnet1d", SETTINGS, checkpoint.spec, (), state)
    assert np.array_equal(embed(bare, store, np.array([2, 0, 1]), batch_size=2), embedded)
    with pytest.raises(CheckpointError, match="an encoder without labels, so it has no scores: use its embeddings"):
        predict(bare, store, np.array([0]))


def test_covariates_belong_to_their_record_in_every_window():
    store = FakeStore(5, lengths=(250, 333))
    checkpoint = _checkpoint(store, head=HeadSettings(n_covariates=2, covariates=("age", "sex")))
    rows, covariates = np.array([3, 0, 4]), np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    together = predict(checkpoint, store, rows, covariates=covariates, batch_size=2)
    network = checkpoint.network()
    for row, told, expected in zip(rows, covariates, together, strict=True):
        prepared = Prepared(store.read_each([row])[0], store.scales([row])[0], 100.0, store.leads, 0, (), "mV")
        ours = predict_prepared(network, checkpoint.spec, prepared, covariates=told)
        assert ours == pytest.approx(expected, abs=1e-6)
    assert np.abs(predict(checkpoint, store, rows, covariates=covariates[::-1].copy()) - together).max() > 1e-3


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        (None, r"needs 2 covariates \(age, sex\) of each ECG, an array \(1, 2\), got none"),
        (np.zeros((1, 3), np.float32), r"an array \(1, 2\), got \(1, 3\)"),
        (np.array([[50, np.nan]], np.float32), "finite numbers, got nan for sex, row 0"),
    ],
)
def test_covariates_that_lack_are_named(covariates, message):
    store = FakeStore(1)
    checkpoint = _checkpoint(store, head=HeadSettings(n_covariates=2, covariates=("age", "sex")))
    with pytest.raises(SpecificationError, match=message):
        predict(checkpoint, store, np.array([0]), covariates=covariates)


def test_covariates_that_nobody_asked_for_are_refused():
    store = FakeStore(1)
    with pytest.raises(SpecificationError, match=r"needs 0 covariates of each ECG, an array \(1, 0\), got \(1, 1\)"):
        predict(_checkpoint(store), store, np.array([0]), covariates=np.zeros((1, 1), np.float32))


@pytest.mark.parametrize("lengths", [(250,), (250, 200, 900)])
@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_a_score_does_not_depend_on_batch_or_order(lengths, batch_size):
    store = FakeStore(9, lengths=lengths)
    checkpoint = _checkpoint(store)
    rows = np.array([5, 0, 8, 3, 3])
    alone = np.concatenate([predict(checkpoint, store, rows[i : i + 1]) for i in range(5)])
    together = predict(checkpoint, store, rows, batch_size=batch_size)
    assert np.abs(alone - together).max() <= 1e-6
    assert (together[3] == together[4]).all() or batch_size > 1


def test_the_maximum_over_the_windows_of_long_records_when_asked_for():
    store = FakeStore(2, lengths=(900,))
    rows = np.arange(2)
    views = [ViewSpec(window_s=2.0, long=LongSpec(windows=3, aggregate=aggregate)) for aggregate in ("mean", "max")]
    mean, maximum = (predict(_checkpoint(store, view), store, rows) for view in views)
    assert (maximum > mean).all()


def test_single_labels_count_by_their_maximum_over_the_windows():
    store = FakeStore(2, lengths=(900,))
    rows = np.arange(2)
    options = ({}, {"aggregate": "max"}, {"max_labels": ("loud",)})
    mean, maximum, mixed = (
        predict(_checkpoint(store, ViewSpec(window_s=2.0, long=LongSpec(windows=3, **option))), store, rows)
        for option in options
    )
    assert np.array_equal(mixed, np.stack([mean[:, 0], maximum[:, 1]], axis=1))
    foreign = ViewSpec(window_s=2.0, long=LongSpec(windows=3, max_labels=("lout",)))
    with pytest.raises(CheckpointError, match=r"max_labels must be labels of the model \(up, loud\), got lout"):
        predict(_checkpoint(store, foreign), store, rows)


def test_single_labels_count_by_their_maximum_when_asked_for():
    """An extrasystole in one window is one in the record; the rhythm is that of most windows."""
    store = FakeStore(2, lengths=(900,))
    rows = np.arange(2)
    longs = [LongSpec(3), LongSpec(3, aggregate="max"), LongSpec(3, max_labels=("loud",))]
    mean, maximum, mixed = (
        predict(_checkpoint(store, ViewSpec(window_s=2.0, long=long)), store, rows) for long in longs
    )
    assert np.array_equal(mixed[:, 0], mean[:, 0])
    assert np.array_equal(mixed[:, 1], maximum[:, 1])
    assert (mixed[:, 1] > mean[:, 1]).all()


def test_a_label_that_the_model_lacks_can_not_count_by_its_maximum():
    store = FakeStore(1)
    checkpoint = _checkpoint(store, ViewSpec(window_s=2.0, long=LongSpec(2, max_labels=("quiet",))))
    with pytest.raises(CheckpointError, match=r"labels of the model \(up, loud\), got quiet"):
        predict(checkpoint, store, np.array([0]))


def test_a_prepared_record_scores_bit_for_bit_as_from_the_store():
    store = FakeStore(4, lengths=(250, 333))
    checkpoint = _checkpoint(store)
    network = checkpoint.network()
    for row in range(4):
        prepared = Prepared(store.read_each([row])[0], store.scales([row])[0], 100.0, store.leads, 0, (), "mV")
        ours = predict_prepared(network, checkpoint.spec, prepared)
        assert np.array_equal(ours, predict(checkpoint, store, np.array([row]))[0])


def test_modes_and_gradients_of_the_network_are_left_as_they_were():
    store = FakeStore(2)
    checkpoint = _checkpoint(store)
    network = checkpoint.network().train()
    network.encoder.blocks["stem"].eval()
    next(network.parameters()).requires_grad_(False)
    modes = [module.training for module in network.modules()]
    gradients = [parameter.requires_grad for parameter in network.parameters()]
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    predict_network(network, checkpoint.spec, store, np.arange(2))
    assert modes == [module.training for module in network.modules()]
    assert gradients == [parameter.requires_grad for parameter in network.parameters()]
    assert all(torch.equal(tensor, state[name]) for name, tensor in network.state_dict().items())


def test_progress_reaches_the_total():
    store = FakeStore(5)
    calls = []
    predict(_checkpoint(store), store, np.arange(5), batch_size=2, progress=lambda *call: calls.append(call))
    assert calls == [(2, 5), (4, 5), (5, 5)]


def test_a_store_of_another_ingest_is_refused():
    checkpoint = _checkpoint(FakeStore(1))
    with pytest.raises(CheckpointError, match="ingest"):
        predict(checkpoint, FakeStore(1, leads=("I", "II", "V2")), np.array([0]))


def test_a_record_prepared_otherwise_is_refused():
    store = FakeStore(1)
    checkpoint = _checkpoint(store)
    prepared = Prepared(store.read([0])[0], store.scales([0])[0], 250.0, store.leads, 0, (), "mV")
    with pytest.raises(CheckpointError, match="250"):
        predict_prepared(checkpoint.network(), checkpoint.spec, prepared)


def test_no_records_give_no_scores():
    store = FakeStore(1)
    assert predict(_checkpoint(store), store, np.array([], dtype=np.int64)).shape == (0, 2)
