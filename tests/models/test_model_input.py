"""What a network sees of stored integers."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.ecg.input_spec import IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.models.model_input import amplitudes, seen, test_windows

INGEST = IngestSpec(leads=("I", "II", "V1"), rate_hz=100.0)


def _spec(**view) -> InputSpec:
    return InputSpec(INGEST, ViewSpec(**{"window_s": 0.5, "test_crops_s": (0.0, 0.2), **view}))


def test_windows_are_the_listed_crops_of_the_chosen_leads():
    quantised = np.arange(300, dtype=np.int16).reshape(3, 100)
    windows = test_windows(quantised, np.ones(3, np.float32), _spec(leads=("V1", "I")))
    assert windows.valid == 50
    assert np.array_equal(windows.quantised[1], quantised[[2, 0], 20:70])


def test_a_short_record_is_padded_and_normalised_over_what_it_fills():
    spec = _spec(short="pad_zero", normalise=NormaliseSpec("zscore"))
    quantised = np.random.default_rng(0).integers(-99, 99, (3, 30)).astype(np.int16)
    windows = test_windows(quantised, np.ones(3, np.float32), spec)
    signal = amplitudes(torch.from_numpy(windows.quantised), torch.ones(1, 3))
    out = seen(signal, torch.tensor([windows.valid]), spec)
    expected = (quantised - quantised.mean(1, keepdims=True)) / (quantised.std(1, keepdims=True) + 1e-6)
    assert out.shape == (1, 3, 50)
    assert np.allclose(out[0, :, :30], expected, atol=1e-5)
    assert (out[0, :, 30:] == 0).all()


def test_an_absent_lead_comes_out_as_zero():
    quantised = torch.full((1, 2, 5), -32768, dtype=torch.int16)
    assert (amplitudes(quantised, torch.zeros(1, 2)) == 0).all()


def test_a_record_is_seen_alike_whatever_its_neighbours_fill():
    spec = _spec(short="pad_zero", normalise=NormaliseSpec("zscore", "record"))
    signal = torch.randn(2, 3, 50)
    alone = seen(signal[:1], torch.tensor([50]), spec)
    beside_a_short_one = seen(signal, torch.tensor([50, 20]), spec)
    assert torch.equal(alone[0], beside_a_short_one[0])
