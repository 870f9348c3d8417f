"""Which samples are hidden, and what stands in their place."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.training.objectives.average_beat import sections
from einthoven.training.objectives.hidden_section import hidden_moments, without_hidden
from einthoven.training.objectives.r_peaks import RPeaks


def test_the_chosen_section_is_hidden_in_every_beat():
    """P, QRS and T of beats at 50, 150 and 250 of 280 samples of 10 ms."""
    at = torch.tensor([[50.0, 150.0, 250.0]]).expand(3, 3)
    peaks = RPeaks(at, torch.ones(3, 3, dtype=torch.bool))
    chosen = torch.tensor([0, 1, 2])
    hidden = hidden_moments(peaks, sections(peaks, 100.0), chosen, n_samples=280, rate_hz=100.0)
    for row, (begin, end) in enumerate(((-30, -6), (-6, 8), (8, 50))):
        expected = {r + i for r in (50, 150, 250) for i in range(begin, end + 1) if 0 <= r + i < 280}
        got = set(torch.nonzero(hidden[row]).flatten().tolist())
        assert len(got ^ expected) <= 2 * 3  # borders between samples
        assert got


def test_a_line_leads_from_before_to_behind():
    """As NumPy interpolates, level at the ends; zero where all is hidden."""
    generator = torch.Generator().manual_seed(0)
    signal, hidden = torch.randn(4, 2, 50, generator=generator), torch.rand(4, 50, generator=generator) < 0.6
    hidden[3] = True
    got = without_hidden(signal, hidden)
    for i in range(3):
        seen = np.flatnonzero(~hidden[i].numpy())
        for lead in range(2):
            expected = np.interp(np.arange(50), seen, signal[i, lead].numpy()[seen])
            np.testing.assert_allclose(got[i, lead].numpy(), expected, atol=1e-5)
    assert (got[3] == 0).all()
