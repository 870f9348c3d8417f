"""Which tokens are hidden."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.training.objectives.span_masks import check_spans, span_masks

KEYS = torch.arange(3000) * 7919
ECG_FM = {"share": 0.65, "length": 10, "stream": 29}  # 5 s at 500 Hz make 156 tokens


def _runs(hidden):
    """Return the lengths of a row's stretches of hidden tokens."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hidden.astype(int), [0]])))
    return edges[1::2] - edges[::2]


def test_hidden_tokens_are_a_union_of_whole_spans():
    """Each stretch is as long as a span or longer; 10 or 11 spans hide at most 110 tokens."""
    hidden = span_masks(KEYS, 156, **ECG_FM).hidden.numpy()
    for row in hidden[:300]:
        assert _runs(row).min() >= 10
        assert 10 <= row.sum() <= 110


def test_spans_without_overlap_are_counted_exactly():
    """Spans of one token can't overlap: 0.65 * 10 = 6.5 are 6 or 7, each half of the time."""
    counts = span_masks(KEYS, 10, share=0.65, length=1, stream=29).n_hidden
    assert set(counts.tolist()) == {6, 7}
    assert stats.binomtest(int((counts == 7).sum()), len(KEYS), 0.5).pvalue > 1e-3
    assert set(span_masks(KEYS, 20, share=0.6, length=1, stream=29).n_hidden.tolist()) == {12}
    assert set(span_masks(KEYS, 20, share=1.0, length=1, stream=29).n_hidden.tolist()) == {20}


def test_a_window_hides_two_spans_at_least():
    """As in the authors' code; a hundredth of 20 tokens would be none, or one."""
    assert set(span_masks(KEYS, 20, share=0.01, length=1, stream=29).n_hidden.tolist()) == {2}
    n_hidden = span_masks(KEYS, 20, share=0.01, length=4, stream=29).n_hidden
    assert n_hidden.unique().tolist() == [5, 6, 7, 8]


def test_spans_begin_anywhere_with_the_same_chance():
    """Of two spans of one token among twelve, chi-square over 3,000 keys."""
    hidden = span_masks(KEYS, 12, share=0.01, length=1, stream=29).hidden
    assert stats.chisquare(hidden.sum(dim=0).numpy()).pvalue > 1e-3


def test_a_share_of_065_hides_about_half_of_the_tokens():
    """wav2vec 2.0's 49 % (section 4.2) with spans of ten, here of 156 tokens."""
    spans = span_masks(KEYS, 156, **ECG_FM)
    assert spans.hidden.float().mean().item() == pytest.approx(0.49, abs=0.02)
    # a token far from the borders is open if no span begins at it or at the nine before it
    none = np.mean([np.prod(1 - 10 / (147 - np.arange(n))) for n in (10, 11)])  # drawn without repeats
    assert spans.hidden[:, 78].float().mean().item() == pytest.approx(1 - none, abs=0.03)


def test_places_are_the_hidden_tokens_from_left_to_right():
    spans = span_masks(KEYS[:50], 156, **ECG_FM)
    assert spans.place.shape == (50, 110)
    for hidden, place, count, share in zip(spans.hidden, spans.place, spans.n_hidden, spans.share, strict=True):
        assert place[:count].tolist() == torch.nonzero(hidden).flatten().tolist()
        assert not hidden[place[count:]].any()
        assert share[:count].tolist() == pytest.approx([1 / int(count)] * int(count))
        assert share[count:].sum() == 0


def test_a_window_hides_the_same_beside_any_neighbours():
    together = span_masks(KEYS[:9], 156, **ECG_FM)
    alone = span_masks(KEYS[4:5], 156, **ECG_FM)
    assert torch.equal(together.hidden[4], alone.hidden[0])
    assert torch.equal(together.place[4], alone.place[0])


def test_windows_without_room_are_refused():
    check_spans(11, share=0.65, length=10)
    with pytest.raises(SpecificationError, match=r"2 spans of 10 tokens at different places have no room .* 10 tokens"):
        check_spans(10, share=0.65, length=10)
