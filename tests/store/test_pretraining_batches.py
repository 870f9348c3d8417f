"""Pretraining batches: what an epoch holds, who shares it, which windows pair, and that a restart changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import ViewSpec
from einthoven.errors import SignalError, SpecificationError
from einthoven.store import pretraining_batches
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.store.pretraining_data import PretrainingData
from fakes.stores import FakeStore
from fakes.written_stores import written_store

VIEW = ViewSpec(window_s=1.0)


def _data(store, *, per_patient: int = 3) -> PretrainingData:
    patients = np.arange(len(store)) // per_patient
    return PretrainingData(
        rows=np.arange(len(store)),
        patients=patients,
        patient_ids=tuple(f"patient{i}" for i in range(patients.max() + 1)),
        target=store.labels,
        labels=("up", "loud"),
    )


def _batches(store=None, *, n: int = 20, lengths=(250,), per_patient: int = 3, **settings) -> PretrainingBatches:
    store = store or FakeStore(n, lengths=lengths)
    settings = {"batch_size": 6, "seed": 3, "view": VIEW, "prefetch": 0, **settings}
    return PretrainingBatches(store, _data(store, per_patient=per_patient), **settings)


def _rows(batches) -> list[int]:
    return [int(row) for batch in batches for row in batch["window"]["row"]]


def _equal(left, right) -> bool:
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_equal(left[name], right[name]) for name in left)
    return (left is None and right is None) or torch.equal(left, right)


def test_an_epoch_holds_batches_of_one_size_and_leaves_others_out_each_time():
    """20 records in batches of 6 leave two out."""
    batches = _batches()
    left_out = []
    for _ in range(4):
        epoch = list(batches)
        assert [len(batch["patient"]) for batch in epoch] == [6, 6, 6] == [6] * len(batches)
        left_out.append(frozenset(range(20)) - set(_rows(epoch)))
    assert all(len(rows) == 2 for rows in left_out)
    assert len(set(left_out)) > 1


@pytest.mark.parametrize("pairing", ["none", "segment", "patient"])
@pytest.mark.parametrize("world_size", [2, 3])
def test_the_shares_of_processes_together_are_the_batch_of_one(pairing, world_size):
    settings = {"pairing": pairing, "n": 24, "time_scale": 0.1}
    whole = list(_batches(**settings))
    shares = [list(_batches(rank=rank, world_size=world_size, **settings)) for rank in range(world_size)]
    for batch, *parts in zip(whole, *shares, strict=True):
        for side in ("window", "partner"):
            if batch[side] is not None:
                for name, values in batch[side].items():
                    assert torch.equal(values, torch.cat([part[side][name] for part in parts]))
        assert torch.equal(batch["patient"], torch.cat([part["patient"] for part in parts]))


@pytest.mark.parametrize("pairing", ["none", "segment", "patient"])
@pytest.mark.parametrize(("done", "prefetch"), [(0, 0), (1, 2), (3, 0), (4, 2)])
def test_going_on_from_a_saved_place_equals_an_unbroken_run(pairing, done, prefetch):
    settings = {"pairing": pairing, "per_patient": 2, "batch_size": 4 if pairing != "patient" else 3}
    unbroken = _batches(**settings)
    expected = [batch for _ in range(3) for batch in unbroken]
    first, seen = _batches(prefetch=prefetch, **settings), 0
    while seen < done:
        for _ in first:
            seen += 1
            if seen == done:
                break
    second = _batches(prefetch=prefetch, **settings)
    second.load_state_dict(first.state_dict())
    rest = []
    while len(rest) < len(expected) - done:
        rest += list(second)
    assert all(_equal(left, right) for left, right in zip(expected[done:], rest, strict=True))


def test_windows_and_keys_of_a_record_depend_on_seed_and_epoch_alone():
    def keys(**settings):
        batch = next(iter(_batches(batch_size=20, **settings)))["window"]
        return dict(zip(batch["row"].tolist(), batch["key"].tolist(), strict=True))

    small = {row: key for batch in _batches(batch_size=5) for row, key in zip(*_row_and_key(batch), strict=True)}
    assert small == keys()
    assert all(keys()[row] != key for row, key in keys(seed=4).items())


def _row_and_key(batch):
    return batch["window"]["row"].tolist(), batch["window"]["key"].tolist()


def _start_of(store, row: int, signal) -> int:
    block = store.read_each([row])[0]
    (start,) = [s for s in range(block.shape[1] - 99) if np.array_equal(block[:, s : s + 100], signal)]
    return start


def test_partners_in_a_long_record_are_neighbours_in_either_order():
    store = FakeStore(24, lengths=(200, 251))
    distances = []
    for batch in _batches(store, pairing="segment"):
        for row, signal, other in zip(
            batch["window"]["row"].tolist(), batch["window"]["signal"], batch["partner"]["signal"], strict=True
        ):
            distances.append(_start_of(store, row, other.numpy()) - _start_of(store, row, signal.numpy()))
    assert set(distances) == {-100, 100}


def test_partners_in_a_short_record_are_two_windows_drawn_each_for_itself():
    store = FakeStore(24, lengths=(199,))
    starts = [
        (_start_of(store, row, signal.numpy()), _start_of(store, row, other.numpy()))
        for batch in _batches(store, pairing="segment")
        for row, signal, other in zip(
            batch["window"]["row"].tolist(), batch["window"]["signal"], batch["partner"]["signal"], strict=True
        )
    ]
    assert len({second - first for first, second in starts}) > 12
    assert min(min(pair) for pair in starts) >= 0


def test_stretched_neighbours_share_their_stretch_and_follow_each_other():
    for batch in _batches(n=24, lengths=(215, 400), pairing="segment", time_scale=0.1):
        window, partner = batch["window"], batch["partner"]
        assert torch.equal(window["stretch"], partner["stretch"])
        for side in (window, partner):
            last = side["start"] + side["stretch"] * 99
            assert (last <= side["signal"].shape[-1] - 1).all()
            at_last = side["signal"].gather(2, last.floor().long()[:, None, None].expand(-1, 3, 1))
            assert (at_last != 0).any(dim=1).all()  # beyond the record it would be zero


def test_a_window_and_its_partner_have_different_keys():
    for pairing in ("segment", "patient"):
        for batch in _batches(n=24, pairing=pairing):
            assert (batch["window"]["key"] != batch["partner"]["key"]).all()


def test_patients_pairs_are_two_ecgs_of_theirs_drawn_anew_in_each_epoch():
    """Each patient with several ECGs comes once per epoch; 20 ECGs of 3 each leave the last patient 2."""
    batches = _batches(pairing="patient", batch_size=7)
    seen = set()
    for _ in range(30):
        (batch,) = list(batches)
        rows, others = batch["window"]["row"], batch["partner"]["row"]
        assert (rows != others).all()
        assert torch.equal(rows // 3, others // 3)
        assert torch.equal(rows // 3, batch["patient"])
        assert sorted(batch["patient"].tolist()) == list(range(7))
        assert torch.equal(batch["partner"]["target"], torch.from_numpy(batches._store.labels)[others])
        seen |= set(zip(rows.tolist(), others.tolist(), strict=True))
    assert len({pair for pair in seen if pair[0] < 3}) == 6


def test_vectors_travel_with_their_records():
    store = FakeStore(12)
    data = _data(store)
    vector = np.arange(24, dtype=np.float32).reshape(12, 2)
    data = PretrainingData(data.rows, data.patients, data.patient_ids, data.target, vector=vector)
    for batch in PretrainingBatches(store, data, batch_size=4, seed=0, view=VIEW):
        assert torch.equal(batch["vector"], torch.from_numpy(vector)[batch["window"]["row"]])


def test_every_tensor_of_a_batch_can_be_pinned(monkeypatch):
    """Pinning asks for a GPU, so what is pinned is counted here."""
    pinned = []
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: pinned.append(tensor) or tensor)
    ours = next(iter(_batches(pairing="segment", pin_memory=True)))
    assert len(pinned) == 2 * len(ours["window"]) + 1
    assert _equal(ours, next(iter(_batches(pairing="segment"))))


def test_records_are_named_by_their_rows():
    assert _batches().record_ids([3, 1]) == ["record0003", "record0001"]


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"batch_size": 21}, "20 ECGs"),
        ({"batch_size": 0}, "batch of 0"),
        ({"batch_size": 8, "pairing": "patient"}, "7 patients with two ECGs"),
        ({"batch_size": 8, "world_size": 3}, "take 6 or 9"),
    ],
)
def test_batches_that_cannot_be_are_refused(settings, match):
    with pytest.raises(SpecificationError, match=match):
        _batches(**settings)


def test_a_record_shorter_than_the_window_is_refused_by_name():
    with pytest.raises(SignalError, match="record0000"):
        _batches(lengths=(99,))


BLOCKS = {"order": "blocks", "block_bytes": 4000, "buffer_bytes": 20_000}  # of 5 records and 26


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    store = written_store(tmp_path_factory.mktemp("written") / "store", lengths=[120, 140] * 50)
    store.labels = np.zeros((100, 1), dtype=np.float32)
    with store:
        yield store


@pytest.mark.parametrize("pairing", ["none", "segment", "patient"])
def test_blocks_give_other_batches_of_the_same_windows(written, pairing):
    """A window and its key are the record's, whatever order it comes in."""
    settings = {"pairing": pairing, "per_patient": 2, "batch_size": 10, "time_scale": 0.1}
    random, blocks = (list(_batches(written, **settings, **order)) for order in ({"order": "random"}, BLOCKS))
    assert _rows(random) != _rows(blocks)
    for side in ("window", "partner"):
        if random[0][side] is not None:
            ours, theirs = _by_row(random, side), _by_row(blocks, side)
            assert ours.keys() == theirs.keys()
            assert all(_equal(ours[row], theirs[row]) for row in ours)


def _by_row(batches, side: str) -> dict[int, dict]:
    return {
        row: {name: values[i] for name, values in batch[side].items()}
        for batch in batches
        for i, row in enumerate(batch[side]["row"].tolist())
    }


@pytest.mark.parametrize("world_size", [2, 5])
def test_blocks_make_the_same_global_batches_for_any_number_of_processes(written, world_size):
    whole = list(_batches(written, batch_size=20, **BLOCKS))
    shares = [
        list(_batches(written, batch_size=20, rank=rank, world_size=world_size, **BLOCKS)) for rank in range(world_size)
    ]
    for batch, *parts in zip(whole, *shares, strict=True):
        assert torch.equal(batch["window"]["signal"], torch.cat([part["window"]["signal"] for part in parts]))


@pytest.mark.parametrize("done", [0, 1, 2, 5, 13])
def test_a_loaded_state_goes_on_in_the_middle_of_a_buffer_and_brings_its_order_along(written, done):
    """Whatever order the second one would have chosen for itself."""
    unbroken = _batches(written, batch_size=10, **BLOCKS)
    expected = [batch for _ in range(2) for batch in unbroken]
    first, seen = _batches(written, batch_size=10, **BLOCKS), 0
    while seen < done:
        for _ in first:
            seen += 1
            if seen == done:
                break
    second = _batches(written, batch_size=10, order="auto")
    second.load_state_dict(first.state_dict())
    rest = []
    while len(rest) < len(expected) - done:
        rest += list(second)
    assert all(_equal(left, right) for left, right in zip(expected[done:], rest, strict=True))


@pytest.mark.parametrize(("memory", "blocks"), [(10**12, False), (160_000, False), (150_000, True), (None, False)])
def test_automatic_order_reads_blocks_where_records_fill_half_of_the_memory(written, monkeypatch, memory, blocks):
    """100 records of 3 leads and 130 samples on average are 78,000 bytes."""
    monkeypatch.setattr(pretraining_batches, "physical_memory", lambda: memory)
    state = _batches(written, order="auto").state_dict()
    assert (state["block"] > 0) is blocks
