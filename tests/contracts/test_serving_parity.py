"""No train/serve skew: a record at the service's door and the same one through a store look alike, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.formats import read
from einthoven.ecg.input_spec import InputSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.prepare import prepare
from einthoven.ecg.view import view
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.model_input import amplitudes, seen, test_windows
from einthoven.models.predict import predict, predict_prepared
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from einthoven.store.torch_dataset import RecordBatches
from fakes.ecg_archive import SPEC, write_archive

SETTINGS = {"width": 4, "cardinality": 2, "stem_widths": [4]}


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Return locations and store of six records of two lengths."""
    folder = tmp_path_factory.mktemp("parity")
    locations = write_archive(folder / "archive", 6, lengths=(300, 450))
    ingest(locations, folder / "store", spec=SPEC, measure_quality=False)
    return locations, Store.open(folder / "store")


@pytest.fixture(params=["none", "lead", "record"])
def spec(request) -> InputSpec:
    """Return a spec whose window is half as long as the shortest record."""
    normalise = NormaliseSpec() if request.param == "none" else NormaliseSpec("zscore", request.param)
    window_s = 128 / SPEC.rate_hz
    return InputSpec(
        SPEC, ViewSpec(window_s=window_s, test_crops_s=(0.0, window_s / 4), crop=(0.0,), normalise=normalise)
    )


def _checkpoint(spec: InputSpec) -> Checkpoint:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("se_resnext1d", n_leads=len(spec.leads), n_labels=2, **SETTINGS)
    return Checkpoint("se_resnext1d", SETTINGS, spec, ("a", "b"), network.state_dict())


def test_the_score_of_a_record_is_that_of_its_row(archive, spec):
    locations, store = archive
    checkpoint = _checkpoint(spec)
    network = checkpoint.network()
    for location in locations:
        served = predict_prepared(network, spec, prepare(read(location), spec.ingest))
        stored = predict(checkpoint, store, store.rows([location.record_id]))[0]
        assert np.array_equal(served, stored)


def test_a_training_window_is_the_view_of_the_prepared_signal(archive, spec):
    locations, store = archive
    rows = store.rows([location.record_id for location in locations])
    batches = RecordBatches(store, rows, np.zeros((6, 1), np.float32), batch_size=6, seed=0, view=spec.view)
    by_row = dict(zip(rows.tolist(), locations, strict=True))
    (batch,) = list(batches)
    windows = seen(amplitudes(batch["signal"], batch["scale"]), batch["valid"], spec)
    for row, window in zip(batch["row"].tolist(), windows, strict=True):
        prepared = prepare(read(by_row[row]), spec.ingest)
        served = test_windows(prepared.quantised, prepared.scale, spec)
        signal = amplitudes(torch.from_numpy(served.quantised[:1]), torch.from_numpy(prepared.scale[None]))
        assert torch.equal(window, seen(signal, torch.tensor([served.valid]), spec)[0])
        same = view(prepared.signal(), spec.view, stored_leads=spec.ingest.leads, start=0, length=spec.window_samples)
        assert np.allclose(window.numpy(), same, atol=1e-5)
