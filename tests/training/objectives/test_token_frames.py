"""Which tokens fall in which frame."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.models.architectures import build_encoder
from einthoven.training.objectives.token_frames import frames_of_tokens
from fakes.beat_trains import beat_train
from fakes.stretch_encoder import stretch_encoder


def test_the_window_is_divided_evenly():
    """Six tokens in three frames are means of neighbours; two tokens leave one of four frames in two empty."""
    signal, encoder = torch.zeros(1, 2, 60), stretch_encoder(2)
    tokens = torch.arange(6.0).reshape(1, 6, 1)
    frames, there = frames_of_tokens(tokens, encoder, signal, count=3, kind="window", rate_hz=100)
    assert frames.flatten().tolist() == [0.5, 2.5, 4.5]
    assert there.all()
    _, there = frames_of_tokens(tokens[:, :2], encoder, signal, count=4, kind="window", rate_hz=100)
    assert there.tolist() == [[False, True, False, True]]


def test_a_beat_is_divided_by_phase_over_all_beats():
    """A token that says its own phase comes out as the middle of its frame, however fast the heart."""
    encoder = stretch_encoder(2, stretch=5)
    for rr_s in (0.7, 1.3):
        beats = np.arange(0.5, 9.5, rr_s)
        signal = beat_train(beats, rate_hz=100, seconds=10)[None]
        moments = (np.arange(200) * 5 + 2) / 100
        phase = (moments - 0.5) / rr_s % 1
        tokens = torch.from_numpy(phase.astype(np.float32)).reshape(1, 200, 1)
        tokens[0, (moments < 0.5) | (moments > beats[-1] - 0.02)] = 1e6  # outside of known beats: nobody looks
        frames, there = frames_of_tokens(tokens, encoder, signal, count=4, kind="beat", rate_hz=100)
        assert there.all()
        assert frames.flatten().numpy() == pytest.approx([0.125, 0.375, 0.625, 0.875], abs=0.06)


def test_without_beats_no_frame_is_there():
    """A flat window says nothing about frames, and gives no NaN."""
    frames, there = frames_of_tokens(
        torch.ones(2, 6, 3), stretch_encoder(2), torch.zeros(2, 2, 600), count=3, kind="beat", rate_hz=100
    )
    assert not there.any()
    assert (frames == 0).all()


def test_tokens_of_several_leads_at_one_time_are_averaged():
    """A transformer that keeps leads apart hands its tokens out lead after lead."""
    encoder = build_encoder(
        "vit1d", n_leads=2, tokens="lead_time", patch_samples=10, max_samples=40, width=4, depth=1, heads=1
    )
    tokens = torch.tensor([0.0, 1, 2, 3, 10, 11, 12, 13]).reshape(1, 8, 1)
    frames, _ = frames_of_tokens(tokens, encoder, torch.zeros(1, 2, 40), count=4, kind="window", rate_hz=100)
    assert frames.flatten().tolist() == [5, 6, 7, 8]
