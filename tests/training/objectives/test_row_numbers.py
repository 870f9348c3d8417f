"""Equal rows have equal numbers, others don't."""

from __future__ import annotations

import torch

from einthoven.training.objectives.row_numbers import row_numbers


def test_rows_that_differ_little_or_in_order_have_other_numbers():
    """Single bits, swapped entries and counting rows are told apart."""
    counting = torch.arange(20_000.0)
    rows = torch.stack([counting, -counting, counting.flip(0), torch.nextafter(counting, counting + 1)], 1)
    rows = torch.cat([rows, rows[:, [0, 2, 1, 3]]])
    distinct = len(torch.unique(rows, dim=0))
    assert len(torch.unique(row_numbers(rows))) == distinct
    assert torch.equal(row_numbers(rows), row_numbers(rows.clone()))
