"""What a network sees of stored integers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError
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


@pytest.mark.parametrize("short", ["pad_zero", "pad_centre"])
def test_integers_stand_first_and_amplitudes_where_the_spec_lays_them(short):
    """17 of 50 samples: 33 zeros, of which 16 come first."""
    spec = _spec(short=short, normalise=NormaliseSpec("minmax", low=1.0, high=2.0))
    quantised = np.random.default_rng(0).integers(-99, 99, (3, 17)).astype(np.int16)
    windows = test_windows(quantised, np.ones(3, np.float32), spec)
    assert np.array_equal(windows.quantised[0, :, :17], quantised)
    out = seen(amplitudes(torch.from_numpy(windows.quantised), torch.ones(1, 3)), torch.tensor([17]), spec)
    first = 16 if short == "pad_centre" else 0
    assert bool((out[0, :, first : first + 17] >= 1).all())
    assert int((out == 0).sum()) == 3 * 33


def test_windows_of_a_record_share_its_level():
    """Both are parts of one normalised record."""
    spec = _spec(normalise=NormaliseSpec("zscore", extent="record"), leads=("V1", "I"))
    quantised = np.random.default_rng(0).integers(-999, 999, (3, 100)).astype(np.int16)
    scale = np.array([0.1, 0.2, 0.3], dtype=np.float32)
    windows = test_windows(quantised, scale, spec)
    signal = amplitudes(torch.from_numpy(windows.quantised), torch.from_numpy(windows.scale)[None])
    level = torch.from_numpy(windows.level)[None].expand(2, -1, -1)
    out = seen(signal, torch.tensor([50, 50]), spec, level)
    record = (quantised * scale[:, None])[[2, 0]]
    whole = (record - record.mean(1, keepdims=True)) / record.std(1, keepdims=True)
    assert np.allclose(out[0], whole[:, :50], atol=1e-5)
    assert np.allclose(out[1], whole[:, 20:70], atol=1e-5)


def test_records_of_several_lengths_keep_their_own_level():
    spec = _spec(short="pad_centre", normalise=NormaliseSpec("zscore", extent="record"))
    signal, valid = torch.randn(4, 3, 50), torch.tensor([50, 20, 31, 20])
    level = torch.rand(4, 2, 3) + 1
    together = seen(signal, valid, spec, level)
    for row in range(4):
        alone = seen(signal[row : row + 1], valid[row : row + 1], spec, level[row : row + 1])
        assert torch.equal(together[row], alone[0])


def test_a_normalisation_by_the_record_without_its_level_is_refused():
    spec = _spec(normalise=NormaliseSpec("zscore", extent="record"))
    with pytest.raises(SpecificationError, match="needs the level of each full record, got none"):
        seen(torch.zeros(1, 3, 50), torch.tensor([50]), spec)


def test_a_record_is_seen_alike_whatever_its_neighbours_fill():
    spec = _spec(short="pad_zero", normalise=NormaliseSpec("zscore", "record"))
    signal = torch.randn(2, 3, 50)
    alone = seen(signal[:1], torch.tensor([50]), spec)
    beside_a_short_one = seen(signal, torch.tensor([50, 20]), spec)
    assert torch.equal(alone[0], beside_a_short_one[0])
