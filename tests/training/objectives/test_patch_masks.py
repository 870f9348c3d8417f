"""Hidden patches by their numbers: how many, where, how often, and that nothing but the key decides."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from scipy.stats import chi2, chisquare

from einthoven.errors import SpecificationError
from einthoven.models.patch_encoder import Grid
from einthoven.training.objectives.patch_masks import block_lengths, block_masks, n_hidden, random_masks

KEYS = torch.randint(0, 2**32, (20_000,), generator=torch.Generator().manual_seed(1))


def _hidden(masks, n_patches: int) -> np.ndarray:
    """Return bool (B, G, P), after checking that kept and hidden patches are all patches, each once, ascending."""
    both = torch.cat([masks.kept, masks.masked], dim=2)
    assert torch.equal(both.sort(dim=2).values, torch.arange(n_patches).expand_as(both))
    assert (masks.kept.diff(dim=2) > 0).all()
    assert (masks.masked.diff(dim=2) > 0).all()
    return torch.zeros(both.shape, dtype=torch.bool).scatter(2, masks.masked, value=True).numpy()


def _runs(row: np.ndarray) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return [int(end - begin) for begin, end in edges.reshape(-1, 2)]


@pytest.mark.parametrize(
    ("ratio", "n_patches", "hidden"), [(0.75, 50, 38), (0.75, 40, 30), (0.9, 10, 9), (0.6, 5, 3), (0.55, 20, 11)]
)
def test_the_share_that_stays_is_rounded_down(ratio, n_patches, hidden):
    assert n_hidden(ratio, n_patches, wanted_by="jepa") == hidden


@pytest.mark.parametrize(("ratio", "n_patches"), [(0.95, 10), (0.75, 1), (0.0, 10), (1.0, 10)])
def test_a_share_that_keeps_nothing_or_all_is_refused(ratio, n_patches):
    with pytest.raises(SpecificationError, match=r"ratio.*(0\.95|0\.75|0\.0|1\.0)"):
        n_hidden(ratio, n_patches, wanted_by="masked_patches")


def test_single_patches_are_hidden_in_each_row_equally_often_everywhere():
    hidden = _hidden(random_masks(KEYS, Grid(3, 20), hidden=15, stream=16), 20)
    assert (hidden.sum(axis=2) == 15).all()
    # counts of draws without replacement vary less than a binomial's: by the factor 19 / 20
    spread = len(KEYS) * 0.75 * 0.25
    for row in range(3):
        statistic = ((hidden[:, row].sum(axis=0) - len(KEYS) * 0.75) ** 2).sum() / spread * 19 / 20
        assert chi2.sf(statistic, 19) > 1e-3


def test_single_patches_of_two_leads_are_unrelated():
    hidden = _hidden(random_masks(KEYS, Grid(2, 20), hidden=15, stream=16), 20)
    both = (hidden[:, 0] & hidden[:, 1]).sum(axis=1)
    expected, spread = 15 * 15 / 20, np.sqrt(15 * 0.75 * 0.25 * 5 / 19)  # hypergeometric
    assert abs(both.mean() - expected) < 4 * spread / np.sqrt(len(KEYS))


def test_blocks_are_as_many_and_as_long_as_stated():
    lengths = block_lengths(22, 4, wanted_by="jepa")
    assert lengths == (6, 6, 5, 5)
    hidden = _hidden(block_masks(KEYS[:4000], 40, lengths=lengths, stream=20), 40)[:, 0]
    runs = [_runs(row) for row in hidden]
    sums = {sum(chosen) for size in range(1, 5) for chosen in combinations(lengths, size)}
    assert all(sum(found) == 22 and set(found) <= sums for found in runs)  # blocks may touch
    apart = [found for found in runs if len(found) == 4]
    assert len(apart) > 1000
    assert all(sorted(found) == [5, 5, 6, 6] for found in apart)
    longer_first = np.mean([found[0] == 6 for found in apart])
    assert abs(longer_first - 0.5) < 4 * 0.5 / np.sqrt(len(apart))


def test_all_arrangements_of_blocks_are_equally_likely():
    hidden = _hidden(block_masks(KEYS, 8, lengths=(2, 2), stream=20), 8)[:, 0]
    possible = {
        tuple(np.isin(np.arange(8), [a, a + 1, b, b + 1]).tolist()) for a, b in combinations(range(7), 2) if b >= a + 2
    }
    assert len(possible) == 15
    found, counts = np.unique(hidden, axis=0, return_counts=True)
    assert {tuple(row) for row in found.tolist()} == possible
    assert chisquare(counts).pvalue > 1e-3


def test_blocks_of_two_lengths_come_in_both_orders_equally_often():
    hidden = _hidden(block_masks(KEYS, 4, lengths=(2, 1), stream=20), 4)[:, 0]
    # one patch stays: in front, behind, or between 2 and 1, or between 1 and 2
    _, counts = np.unique(hidden.argmin(axis=1), return_counts=True)
    assert chisquare(counts, np.array([2, 1, 1, 2]) / 6 * len(KEYS)).pvalue > 1e-3


@pytest.mark.parametrize(
    "draw",
    [
        lambda keys: random_masks(keys, Grid(2, 20), hidden=15, stream=16),
        lambda keys: block_masks(keys, 20, lengths=(4, 3), stream=20),
    ],
    ids=["random", "blocks"],
)
def test_a_mask_depends_on_the_sample_s_key_alone(draw):
    whole, part = draw(KEYS[:64]), draw(KEYS[40:48])
    for every, some in zip(whole, part, strict=True):
        assert torch.equal(every[40:48], some)
    masked = whole.masked.flatten(1).tolist()
    assert sum(one != other for one, other in pairwise(masked)) > 50


def test_blocks_without_a_patch_are_refused():
    with pytest.raises(SpecificationError, match=r"blocks of jepa must be 1 to 3, .*got 4"):
        block_lengths(3, 4, wanted_by="jepa")
