"""Training batches: what an epoch holds, where windows lie, and that a restart changes nothing."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import NormaliseSpec, ViewSpec
from einthoven.ecg.record_level import level_of_record
from einthoven.errors import SignalError, SpecificationError
from einthoven.store.torch_dataset import RecordBatches
from fakes.stores import FakeStore

VIEW = ViewSpec(window_s=2.0)


def _batches(store=None, *, n: int = 20, view: ViewSpec = VIEW, **settings) -> RecordBatches:
    store = store or FakeStore(n)
    settings = {"batch_size": 6, "seed": 3, "prefetch": False, **settings}
    return RecordBatches(store, np.arange(len(store)), store.labels[: len(store)], view=view, **settings)


def _by_row(batches) -> dict[int, torch.Tensor]:
    return {int(row): signal for batch in batches for row, signal in zip(batch["row"], batch["signal"], strict=True)}


def _rows(batches) -> list[int]:
    return [int(row) for batch in batches for row in batch["row"]]


def test_an_epoch_holds_each_record_once_in_batches_of_nearly_one_size():
    sizes = [len(batch["row"]) for batch in _batches()]
    assert sizes == [5, 5, 5, 5]
    assert sorted(_rows(_batches())) == list(range(20))


def test_fewer_records_than_a_batch_make_one_batch():
    assert [len(batch["row"]) for batch in _batches(n=3, batch_size=32)] == [3]


def test_epochs_differ_in_order_and_crops_but_not_between_runs():
    first, again = _batches(), _batches()
    epochs = [list(first), list(first)]
    assert _rows(epochs[0]) != _rows(epochs[1])
    assert any(not torch.equal(_by_row(epochs[0])[row], _by_row(epochs[1])[row]) for row in range(20))
    for left, right in zip(epochs[1], (list(again), list(again))[1], strict=True):
        assert all(torch.equal(left[key], right[key]) for key in left)


def test_keys_are_those_of_seed_record_and_epoch():
    """Numbers that trainings depend on: another way of drawing them would be another training."""
    batch = next(iter(_batches(batch_size=20)))
    for row, key in zip(batch["row"].tolist(), batch["key"].tolist(), strict=True):
        sequence = np.random.SeedSequence([3, zlib.crc32(f"record{row:04d}".encode()), 0])
        assert key == sequence.generate_state(4)[3]


@pytest.mark.parametrize("settings", [{"batch_size": 20}, {"batch_size": 1}, {"prefetch": True}])
def test_a_records_window_does_not_depend_on_batch_or_thread(settings):
    ours, theirs = _by_row(_batches()), _by_row(_batches(**settings))
    assert all(torch.equal(ours[row], theirs[row]) for row in range(20))


@pytest.mark.parametrize("done", [0, 1, 3, 4, 6, 8])
@pytest.mark.parametrize("prefetch", [False, True])
def test_going_on_from_a_saved_place_equals_an_unbroken_run(done, prefetch):
    unbroken = _batches()
    expected = [batch for _ in range(3) for batch in unbroken]
    first = _batches(prefetch=prefetch)
    seen = []
    while len(seen) < done:
        for batch in first:
            seen.append(batch)
            if len(seen) == done:
                break
    second = _batches(prefetch=prefetch)
    second.load_state_dict(first.state_dict())
    rest = []
    while len(rest) < 12 - done:
        rest += list(second)
    for left, right in zip(expected[done:], rest, strict=True):
        assert all(torch.equal(left[key], right[key]) for key in left)


def test_processes_share_an_epoch_in_equal_numbers_of_batches():
    parts = [list(_batches(n=21, rank=rank, world_size=2)) for rank in range(2)]
    assert len(parts[0]) == len(parts[1])
    assert [len(b["row"]) for b in parts[0]] == [len(b["row"]) for b in parts[1]]
    rows = _rows(parts[0]) + _rows(parts[1])
    assert len(rows) == 22
    assert set(rows) == set(range(21))


def test_signal_and_scale_give_the_stored_amplitudes_of_the_chosen_leads():
    store = FakeStore(4)
    batch = next(iter(_batches(store, view=ViewSpec(window_s=2.5, leads=("V1", "I")))))
    for row, signal, scale in zip(batch["row"].tolist(), batch["signal"], batch["scale"], strict=True):
        assert torch.equal(signal, torch.from_numpy(store.read([row])[0][[2, 0]]))
        assert scale.tolist() == store.scales([row])[0][[2, 0]].tolist()


def test_records_of_any_length_are_cropped_to_the_window_inside_the_record():
    store = FakeStore(30, lengths=(200, 250, 777))
    for row, signal in _by_row(_batches(store)).items():
        block = store.read_each([row])[0]
        starts = [s for s in range(block.shape[1] - 199) if np.array_equal(block[:, s : s + 200], signal)]
        assert len(starts) == 1


def test_random_windows_reach_from_the_beginning_to_the_end():
    store = FakeStore(1, lengths=(203,))
    batches = _batches(store)
    block = store.read([0])[0]
    starts = set()
    for _ in range(60):
        signal = next(iter(batches))["signal"][0].numpy()
        starts |= {s for s in range(4) if np.array_equal(block[:, s : s + 200], signal)}
    assert starts == {0, 1, 2, 3}


def test_windows_start_at_the_listed_seconds_that_fit():
    store = FakeStore(1, lengths=(300,))
    batches = _batches(store, view=ViewSpec(window_s=2.0, crop=(0.0, 0.5, 1.5)))
    block = store.read([0])[0]
    seen = set()
    for _ in range(40):
        signal = next(iter(batches))["signal"][0].numpy()
        seen |= {s for s in range(101) if np.array_equal(block[:, s : s + 200], signal)}
    assert seen == {0, 50}


def test_a_stretched_window_lies_inside_what_was_read():
    store = FakeStore(40, lengths=(210, 400))
    for batch in _batches(store, time_scale=0.1):
        last = batch["start"] + batch["stretch"] * 199
        assert batch["signal"].shape[-1] == 221
        assert ((batch["start"] >= 0) & (batch["start"] < 1)).all()
        assert (last <= 220).all()
        assert ((batch["stretch"] >= 0.9) & (batch["stretch"] <= 1.1)).all()
        at_last = batch["signal"].gather(2, last.floor().long()[:, None, None].expand(-1, 3, 1))
        assert (at_last != 0).any(dim=1).all()  # beyond the record it would be zero


def test_a_record_shorter_than_the_window_is_refused_or_padded():
    store = FakeStore(4, lengths=(150,))
    with pytest.raises(SignalError, match="record0000"):
        _batches(store)
    batch = next(iter(_batches(store, view=ViewSpec(window_s=2.0, short="pad_zero"))))
    assert batch["signal"].shape == (4, 3, 200)
    assert (batch["signal"][..., 150:] == 0).all()


@pytest.mark.parametrize("short", ["pad_zero", "pad_centre"])
def test_a_batch_tells_the_level_of_the_full_records_that_a_view_normalises_by(short):
    """Whatever part of them the window shows."""
    store = FakeStore(6, lengths=(150, 400))
    view = ViewSpec(window_s=2.0, leads=("V1", "I"), short=short, normalise=NormaliseSpec("zscore", extent="record"))
    for batch in _batches(store, view=view):
        for row, level in zip(batch["row"].tolist(), batch["level"].numpy(), strict=True):
            block, scale = store.read_each([row])[0][[2, 0]], store.scales([row])[0][[2, 0]]
            assert np.array_equal(level, level_of_record(block, scale, view))
        assert (batch["signal"][batch["valid"] == 150][..., 150:] == 0).all()


def test_a_view_without_such_a_level_reads_none():
    assert not next(iter(_batches()))["level"].any()


@pytest.mark.parametrize("settings", [{"batch_size": 0}, {"time_scale": 1.0}])
def test_settings_that_make_no_batch_are_refused(settings):
    with pytest.raises(SpecificationError):
        _batches(**settings)
