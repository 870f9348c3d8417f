"""Reading a finished store."""

from __future__ import annotations

import json
import pickle
from threading import Thread

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import StoreError
from einthoven.store import positioned
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from fakes.ecg_archive import LEADS, SPEC, write_archive
from fakes.written_stores import written_signal, written_store


def make(folder, *, n_records=11, lengths=(300,)):
    """Return a store of some records."""
    locations = write_archive(folder / "archive", n_records, lengths=lengths)
    ingest(locations, folder / "store", spec=SPEC, shard_records=4, measure_quality=False)
    return Store.open(folder / "store")


def test_blocks_come_in_the_order_asked_for(tmp_path):
    """Doubled rows too; equal to what NumPy reads from the shards."""
    store = make(tmp_path)
    rows = np.array([9, 0, 4, 4, 10, 3])
    blocks = store.read(rows)
    assert blocks.shape == (6, len(LEADS), 150)
    assert blocks.dtype == np.int16
    for block, row in zip(blocks, rows, strict=True):
        entry = store.manifest.slice(row, 1).to_pylist()[0]
        shard = np.load(tmp_path / "store" / "shards" / f"{entry['shard']:08d}.npy")
        values = shard[entry["start"] : entry["start"] + len(LEADS) * entry["length"]]
        np.testing.assert_array_equal(block, values.reshape(len(LEADS), -1))


def test_a_batch_can_be_read_into_an_array_that_is_there(tmp_path):
    """Which is returned; another shape or layout is refused."""
    store = make(tmp_path)
    out = np.zeros((2, len(LEADS), 150), dtype=np.int16)
    assert store.read(np.array([1, 2]), out=out) is out
    np.testing.assert_array_equal(out, store.read(np.array([1, 2])))
    for wrong in (out[:1], out.astype(np.int32), np.zeros((150, len(LEADS), 2), np.int16).T):
        with pytest.raises(StoreError, match="out must be C-contiguous int16"):
            store.read(np.array([1, 2]), out=wrong)


def test_records_of_unequal_length_come_as_a_list(tmp_path):
    """And are refused as one array."""
    store = make(tmp_path, lengths=(300, 420))
    blocks = store.read_each(np.array([3, 0, 1]))
    assert [block.shape[1] for block in blocks] == [210, 150, 210]
    np.testing.assert_array_equal(blocks[1], store.read(np.array([0]))[0])
    with pytest.raises(StoreError, match="150 to 210 samples: use read_each"):
        store.read(np.array([0, 1]))


def test_no_rows_give_an_empty_array(tmp_path):
    """With the leads in their place."""
    assert make(tmp_path).read(np.array([], dtype=np.int64)).shape == (0, len(LEADS), 0)


def test_signals_are_steps_times_scale(tmp_path):
    """In float32."""
    store = make(tmp_path)
    np.testing.assert_array_equal(
        store.signal(5), store.read(np.array([5]))[0] * store.scales(np.array([5]))[0][:, None]
    )
    assert store.signal(5).dtype == np.float32


def test_rows_are_found_by_record_id(tmp_path):
    """From strings or an Arrow array; an unknown id is named."""
    store = make(tmp_path)
    assert store.rows(["rec010", "rec000"]).tolist() == [10, 0]
    assert store.rows(pa.chunked_array([["rec003"], ["rec001"]])).tolist() == [3, 1]
    assert len(store) == 11
    with pytest.raises(StoreError, match=r"no record 'rec099' \(1 of 2 asked for are missing\)"):
        store.rows(["rec001", "rec099"])


def test_a_store_can_be_sent_to_another_process(tmp_path):
    """As its folder: few bytes, files opened there."""
    store = make(tmp_path)
    expected = store.read(np.array([6]))
    sent = pickle.dumps(store)
    assert len(sent) < 1000
    with pickle.loads(sent) as other:
        np.testing.assert_array_equal(other.read(np.array([6])), expected)
    store.close()
    np.testing.assert_array_equal(store.read(np.array([6])), expected)


def test_a_shard_that_ends_too_early_is_refused(tmp_path):
    """By name, not with garbage."""
    store = make(tmp_path)
    shard = tmp_path / "store" / "shards" / "00000001.npy"
    shard.write_bytes(shard.read_bytes()[:-10])
    with pytest.raises(StoreError, match=r"00000001\.npy ends 10 bytes too early"):
        store.read(np.array([7]))


def test_what_is_no_store_is_refused(tmp_path):
    """A folder without store.json, a foreign or damaged one, a newer one."""
    store = make(tmp_path)
    with pytest.raises(StoreError, match="is not a store"):
        Store.open(tmp_path)
    description = store.folder / "store.json"
    facts = json.loads(description.read_text())
    for change, message in (({"version": 2}, "update einthoven"), ({"type": "x"}, "not describe a store")):
        description.write_text(json.dumps(facts | change))
        with pytest.raises(StoreError, match=message):
            Store.open(store.folder)
    description.write_text("{")
    with pytest.raises(StoreError, match="can't be read"):
        Store.open(store.folder)
    description.write_text(json.dumps({"type": "einthoven.store", "version": 1}))
    with pytest.raises(StoreError, match="damaged"):
        Store.open(store.folder)


def test_several_threads_read_what_they_asked_for(tmp_path, monkeypatch):
    """Also with more shards than may be open at once, whose files are closed again and again."""
    monkeypatch.setattr(positioned, "_half_of_allowed_files", lambda: 2)
    wrong = []

    def read(store: Store, seed: int) -> None:
        for rows in np.random.default_rng(seed).integers(0, 20, (150, 8)):
            blocks = store.read(rows)
            wrong.extend(row for row, block in zip(rows, blocks, strict=True) if not _is_of(block, row))

    with written_store(tmp_path / "store", lengths=[50] * 20, shard_records=1) as store:
        threads = [Thread(target=read, args=(store, seed)) for seed in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def _is_of(block: np.ndarray, row: int) -> bool:
    return np.array_equal(block, written_signal(int(row), 3, 50))
