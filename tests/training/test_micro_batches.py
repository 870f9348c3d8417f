"""Parts of a batch."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from einthoven.training.micro_batches import is_out_of_memory, micro_slices, taken


@given(st.integers(1, 200), st.integers(1, 250))
def test_parts_are_even_and_hold_each_sample_once(n_samples, size):
    """In order, none larger than asked for, as few as can be."""
    parts = micro_slices(n_samples, size)
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(n_samples))
    sizes = [part.stop - part.start for part in parts]
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) == -(-n_samples // size)


def test_a_part_of_a_batch_has_its_samples_in_everything():
    """In windows and partners, and nothing where there is nothing."""
    window = {"signal": torch.arange(12).view(6, 2), "key": torch.arange(6)}
    batch = {"window": window, "partner": None, "patient": torch.arange(6), "vector": None}
    part = taken(batch, slice(2, 4))
    assert part["window"]["signal"].tolist() == [[4, 5], [6, 7]]
    assert part["patient"].tolist() == [2, 3]
    assert part["partner"] is None


def test_errors_of_memory_are_told_from_others():
    """Accelerators have a type of their own, the CPU's allocator has a name."""
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
