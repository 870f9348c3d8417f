"""Scores: the same from a store and from a record, alone and in company, and the network is left as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.prepare import Prepared
from einthoven.errors import CheckpointError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.predict import predict, predict_network, predict_prepared
from fakes.stores import FakeStore

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}
VIEW = ViewSpec(window_s=2.0, test_crops_s=(0.0, 0.2, 0.5), normalise=NormaliseSpec("zscore"))


def _checkpoint(store, view: ViewSpec = VIEW) -> Checkpoint:
    spec = InputSpec(store.spec, view)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("xresnet1d", n_leads=len(spec.leads), n_labels=2, **SETTINGS)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return Checkpoint("xresnet1d", SETTINGS, spec, ("up", "loud"), network.state_dict())


def test_the_score_is_the_mean_probability_of_the_test_crops():
    store = FakeStore(3)
    checkpoint = _checkpoint(store)
    network = checkpoint.network()
    signal = torch.from_numpy(store.read([1])[0] * store.scales([1])[0][:, None])
    crops = torch.stack([signal[:, start : start + 200] for start in (0, 20, 50)])
    crops = (crops - crops.mean(-1, keepdim=True)) / (crops.std(-1, keepdim=True, correction=0) + 1e-6)
    with torch.inference_mode():
        expected = network(crops).double().sigmoid().mean(0).numpy()
    assert np.allclose(predict(checkpoint, store, np.array([1]))[0], expected, atol=1e-6)


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
