"""No train/serve skew: a record at the service's door and the same one through a store look alike, bit for bit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from einthoven.ecg.formats import read
from einthoven.ecg.input_spec import FilterSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.prepare import prepare
from einthoven.ecg.view import view
from einthoven.models.architectures import build
from einthoven.models.model_input import amplitudes, seen, test_windows
from einthoven.models.predict import predict_network, predict_prepared
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from einthoven.store.torch_dataset import RecordBatches
from fakes.ecg_archive import SPEC, write_archive

LABELS = ("a", "b")
SETTINGS = {"width": 4, "cardinality": 2, "stem_widths": [4]}


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


INGESTS = {
    "plain": SPEC,
    "filtered": dataclasses.replace(
        SPEC,
        filter=FilterSpec("fir", 1.0, 40.0, length_s=0.2, notch_hz=(45.0, 48.0), median_s=(0.2, 0.6)),
        resampler="linear",
    ),
    "stored": dataclasses.replace(SPEC, filter=FilterSpec("butterworth_pair", order=5), filter_at="stored"),
    "linear": dataclasses.replace(SPEC, resampler="linear"),
    "polyphase": dataclasses.replace(SPEC, resampler="polyphase"),
}
LIMITS = {"mean": (0.1, 0.0, -0.1), "std": (0.3, 0.4, 0.5), "lower": (-0.5, -0.4, -0.3), "upper": (0.6,)}
NORMALISATIONS = {
    "none": NormaliseSpec(),
    "zscore lead": NormaliseSpec("zscore", "lead"),
    "zscore record": NormaliseSpec("zscore", "record"),
    "zscore dataset": NormaliseSpec("zscore", "dataset", **LIMITS),
    "minmax lead": NormaliseSpec("minmax", "lead", low=-1.0, high=1.0),
    "minmax record": NormaliseSpec("minmax", "record"),
    "zscore lead of the record": NormaliseSpec("zscore", "lead", extent="record", eps=0.0),
    "zscore record of the record": NormaliseSpec("zscore", "record", extent="record"),
    "minmax lead of the record": NormaliseSpec("minmax", "lead", extent="record"),
    "minmax record of the record": NormaliseSpec("minmax", "record", low=-1.0, extent="record"),
}
PADDINGS = {
    "windows": {"window_s": 1.28},
    "zeros behind": {"window_s": 1.92, "short": "pad_zero"},
    "zeros around": {"window_s": 1.93, "short": "pad_centre"},
    "zeros around all, clipped": {"window_s": 2.56, "short": "pad_centre", "clip_mv": 0.5},
    "two leads": {"window_s": 1.28, "leads": ("V1", "I")},
    "long": {"window_s": 1.0, "long": LongSpec(windows=3, max_labels=("b",))},
}
CASES = [
    *((normalise, padding, "plain") for normalise in NORMALISATIONS for padding in PADDINGS if padding != "two leads"),
    *(("zscore lead of the record", "zeros around", name) for name in INGESTS if name != "plain"),
    *(("zscore record of the record", "two leads", name) for name in INGESTS),
    *(("zscore lead", "two leads", name) for name in INGESTS),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Return locations of six records, of 1.5 and 2.25 s, and a store of them for each ingest half."""
    folder = tmp_path_factory.mktemp("parity")
    locations = write_archive(folder / "archive", 6, lengths=(300, 450))
    for name, ingest_spec in INGESTS.items():
        ingest(locations, folder / name, spec=ingest_spec, measure_quality=False)
    return locations, {name: Store.open(folder / name) for name in INGESTS}


@pytest.fixture(params=CASES, ids=", ".join)
def case(request, archive):
    """Return locations, store and a spec whose training windows begin at the first sample."""
    normalise, padding, name = request.param
    settings = PADDINGS[padding]
    view_spec = ViewSpec(crop=(0.0,), test_crops_s=(0.0, 0.3), normalise=NORMALISATIONS[normalise], **settings)
    locations, stores = archive
    return locations, stores[name], InputSpec(INGESTS[name], view_spec)


@pytest.fixture(scope="module")
def networks():
    """Return a small untrained network with two labels for each number of leads."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return {n: build("se_resnext1d", n_leads=n, n_labels=2, **SETTINGS).eval() for n in (2, 3)}


def test_the_score_of_a_record_is_that_of_its_row(case, networks):
    locations, store, spec = case
    network = networks[len(spec.leads)]
    for location in locations[:2]:  # of either length
        served = predict_prepared(network, spec, prepare(read(location), spec.ingest), labels=LABELS)
        stored = predict_network(network, spec, store, store.rows([location.record_id]), labels=LABELS)[0]
        assert np.array_equal(served, stored)


def test_a_training_window_is_the_view_of_the_prepared_signal(case):
    locations, store, spec = case
    rows = store.rows([location.record_id for location in locations])
    batches = RecordBatches(store, rows, np.zeros((6, 1), np.float32), batch_size=6, seed=0, view=spec.view)
    by_row = dict(zip(rows.tolist(), locations, strict=True))
    (batch,) = list(batches)
    windows = seen(amplitudes(batch["signal"], batch["scale"]), batch["valid"], spec, batch["level"])
    assert bool(torch.isfinite(windows).all())
    for row, window in zip(batch["row"].tolist(), windows, strict=True):
        prepared = prepare(read(by_row[row]), spec.ingest)
        served = test_windows(prepared.quantised, prepared.scale, spec)
        assert np.array_equal(prepared.quantised, store.read_each(np.array([row]))[0])
        signal = amplitudes(torch.from_numpy(served.quantised[:1]), torch.from_numpy(served.scale[None]))
        alone = seen(signal, torch.tensor([served.valid]), spec, torch.from_numpy(served.level[None]))
        assert torch.equal(window, alone[0])
        same = view(prepared.signal(), spec.view, stored_leads=spec.ingest.leads, start=0, length=spec.window_samples)
        assert np.allclose(window.numpy(), same, atol=1e-5)
