"""The shortcut without weights."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.zero_padded_shortcut import ZeroPaddedChannels, ZeroPaddedMaximum, zero_padded_shortcut


def test_a_negative_last_sample_of_an_odd_length_gives_way_to_zero():
    pool = ZeroPaddedMaximum(2)
    assert pool(torch.tensor([[[-1.0, -3, -5, -4, -2]]])).tolist() == [[[-1.0, -4.0, 0.0]]]
    assert pool(torch.tensor([[[-1.0, -3, -5, -4]]])).tolist() == [[[-1.0, -4.0]]]


@pytest.mark.slow
def test_onnxruntime_sees_the_zero_too(tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    signal = -torch.ones(2, 3, 5)
    torch.onnx.export(ZeroPaddedMaximum(2).eval(), (signal,), tmp_path / "pool.onnx", dynamo=True, verbose=False)
    session = runtime.InferenceSession(tmp_path / "pool.onnx")
    (found,) = session.run(None, {session.get_inputs()[0].name: signal.numpy()})
    assert found[0, 0].tolist() == [-1.0, -1.0, 0.0]


def test_windows_of_three_begin_one_sample_early():
    assert ZeroPaddedMaximum(3)(torch.tensor([[[-1.0, -3, -5, -4, -2]]])).tolist() == [[[0.0, -2.0]]]


def test_channels_of_zeros_stand_on_both_sides():
    out = ZeroPaddedChannels(2, 5)(torch.ones(1, 2, 3))
    assert out[0, :, 0].tolist() == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_a_shortcut_that_changes_nothing_is_the_identity():
    signal = torch.randn(2, 3, 7)
    assert torch.equal(zero_padded_shortcut(3, 3, stride=1)(signal), signal)
    assert zero_padded_shortcut(3, 8, stride=4)(signal).shape == (2, 8, 2)
