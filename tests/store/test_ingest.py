"""What a store holds, what is rejected, what is refused."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.prepare import prepare
from einthoven.errors import StoreError, StoreFullError, UnknownNameError
from einthoven.store.ingest import ingest
from einthoven.store.locking import StoreLock
from einthoven.store.shard import ShardWriter
from einthoven.store.store import Store
from fakes.ecg_archive import LEADS, SPEC, tree, write_archive
from fakes.measurable_archive import write_ecgs

OPTIONS = {"spec": SPEC, "shard_records": 4, "measure_quality": False}


@pytest.fixture
def locations(tmp_path):
    """Ten small records, two of them bad."""
    return write_archive(tmp_path / "archive", 10, bad={2, 7})


def test_each_good_record_is_stored_as_prepared(locations, tmp_path):
    """Bit for bit what ``prepare`` gives, with the manifest's columns beside it."""
    summary = ingest(locations, tmp_path / "store", **OPTIONS)
    assert (summary.records, summary.rejected, summary.shards, summary.shards_written) == (8, 2, 3, 3)
    store = Store.open(tmp_path / "store")
    for row, entry in enumerate(store.manifest.to_pylist()):
        location = next(location for location in locations if location.record_id == entry["record_id"])
        record = read(location)
        prepared = prepare(record, SPEC)
        np.testing.assert_array_equal(store.read([row])[0], prepared.quantised)
        np.testing.assert_array_equal(store.signal(row), prepared.signal())
        assert entry["signal_hash"] == prepared.signal_hash()
        assert entry["source_sha256"] == record.provenance.source_sha256
        assert entry["length"] == prepared.quantised.shape[1]
        assert entry["leads_present"] == prepared.leads_present
        assert entry["quality"] is None


def test_bad_files_become_rows_and_good_ones_go_on(locations, tmp_path):
    """The row names path, stage, kind of error and record."""
    missing = RecordLocation("ghost", str(tmp_path / "ghost.hea"), "wfdb")
    ingest([*locations, missing], tmp_path / "store", **OPTIONS)
    rejected = Store.open(tmp_path / "store").rejected.to_pylist()
    assert [row["path"].rpartition("/")[2] for row in rejected] == ["rec002.hea", "rec007.hea", "ghost.hea"]
    assert {row["stage"] for row in rejected} == {"read"}
    assert all("rec002" in row["message"] for row in rejected[:1])
    assert not (tmp_path / "store" / "rejected").exists()


def test_a_record_that_cannot_be_prepared_is_rejected_with_its_hash(locations, tmp_path):
    """The file was read, so its SHA-256 is known."""
    spec = dataclasses.replace(SPEC, leads=(*LEADS, "V6"), missing_lead="refuse")
    ingest(locations[:1], tmp_path / "store", spec=spec, measure_quality=False)
    (row,) = Store.open(tmp_path / "store").rejected.to_pylist()
    assert (row["stage"], row["error_type"]) == ("prepare", "LeadError")
    assert row["sha256"] == read(locations[0]).provenance.source_sha256


def test_a_reader_that_breaks_unexpectedly_costs_one_row(locations, tmp_path, monkeypatch):
    """Its kind of error is named; a lack of memory or of file handles is nobody's row."""

    def broken(location):
        if location.record_id == "rec001":
            raise ZeroDivisionError("by a malformed header")
        return read(location)

    monkeypatch.setattr("einthoven.store.write_shard.read", broken)
    ingest(locations, tmp_path / "store", **OPTIONS)
    rows = Store.open(tmp_path / "store").rejected.to_pylist()
    assert ("ZeroDivisionError", "record rec001: by a malformed header") in [
        (row["error_type"], row["message"]) for row in rows
    ]


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.EMFILE, "too many open files")])
def test_trouble_of_the_machine_stops_the_run(error, locations, tmp_path, monkeypatch):
    """No record may be lost to it."""

    def exhausted(location):
        raise error

    monkeypatch.setattr("einthoven.store.write_shard.read", exhausted)
    with pytest.raises(type(error)):
        ingest(locations, tmp_path / "store", **OPTIONS)


def test_an_unknown_format_is_the_callers_mistake(tmp_path):
    """It stops the run instead of rejecting every record."""
    with pytest.raises(UnknownNameError, match="formats has no 'wfbd'"):
        ingest([RecordLocation("a", "a", "wfbd")], tmp_path / "store", **OPTIONS)


def test_quality_is_measured_into_the_manifest(locations, tmp_path):
    """By default, once per record."""
    ingest(locations, tmp_path / "store", spec=SPEC)
    quality = Store.open(tmp_path / "store").manifest["quality"].to_pylist()
    assert all(isinstance(entry["acceptable"], bool) for entry in quality)


def test_measurements_stand_beside_the_signals_row_for_row_and_only_when_asked_for(tmp_path):
    """Shards without a readable file, too; the other stores have neither folder nor word of them."""
    locations = write_ecgs(tmp_path / "ecgs", 5, bad={2, 3})
    ingest(locations, tmp_path / "store", **OPTIONS | {"shard_records": 2}, measure_waves=True)
    with Store.open(tmp_path / "store") as store:
        assert store.measurements["record_id"].to_pylist() == store.manifest["record_id"].to_pylist()
        assert store.measurements["rr_ms"].to_pylist() == pytest.approx([700, 740, 860], abs=2)
    ingest(locations, tmp_path / "plain", **OPTIONS | {"shard_records": 2})
    assert "measurements" not in (tmp_path / "plain" / "store.json").read_text()
    assert not (tmp_path / "plain" / "measurements").exists()
    assert {name: content for name, content in tree(tmp_path / "store").items() if "measurements/" not in name} == {
        **tree(tmp_path / "plain"),
        "store.json": (tmp_path / "store" / "store.json").read_bytes(),
    }


def test_a_finished_store_that_lost_measurements_is_not_called_complete(tmp_path):
    """Somebody removed a part."""
    locations = write_ecgs(tmp_path / "ecgs", 2)
    ingest(locations, tmp_path / "store", **OPTIONS, measure_waves=True)
    (tmp_path / "store" / "measurements" / "00000000.parquet").unlink()
    with pytest.raises(StoreError, match=r"00000000\.parquet is gone from its measurements \(1 missing\)"):
        ingest(locations, tmp_path / "store", **OPTIONS, measure_waves=True)


def test_a_store_without_measurements_does_not_get_them_by_a_second_ingest(locations, tmp_path):
    """It says so, and Store names the remedy."""
    ingest(locations, tmp_path / "store", **OPTIONS)
    with pytest.raises(StoreError, match=r"measure_waves = False, not .* measure_waves = True"):
        ingest(locations, tmp_path / "store", **OPTIONS, measure_waves=True)
    with pytest.raises(StoreError, match="was made without measurements: ingest with --measure"):
        _ = Store.open(tmp_path / "store").measurements


def test_a_finished_store_is_left_as_it_is(locations, tmp_path):
    """The same call again writes nothing."""
    ingest(locations, tmp_path / "store", **OPTIONS)
    before = tree(tmp_path / "store")
    summary = ingest(locations, tmp_path / "store", **OPTIONS)
    assert (summary.records, summary.shards_written) == (8, 0)
    assert tree(tmp_path / "store") == before


def test_store_json_says_what_the_store_is_for(locations, tmp_path):
    """With the spec and its hash, and nothing of machine or time."""
    ingest(locations, tmp_path / "store", **OPTIONS)
    facts = json.loads((tmp_path / "store" / "store.json").read_text())
    assert facts["ingest_hash"] == SPEC.ingest_hash
    assert IngestSpec.from_dict(facts["ingest"]) == SPEC
    assert (facts["type"], facts["version"], facts["shards"]) == ("einthoven.store", 1, 3)


def test_another_spec_list_or_shard_size_is_refused(locations, tmp_path):
    """One store serves one of each; the message says which differs."""
    ingest(locations, tmp_path / "store", **OPTIONS)
    other = dataclasses.replace(SPEC, rate_hz=50.0)
    with pytest.raises(StoreError, match="another ingest spec"):
        ingest(locations, tmp_path / "store", **OPTIONS | {"spec": other})
    with pytest.raises(StoreError, match="another list of files"):
        ingest(locations[1:], tmp_path / "store", **OPTIONS)
    with pytest.raises(StoreError, match="shard_records = 4"):
        ingest(locations, tmp_path / "store", **OPTIONS | {"shard_records": 5})


def test_what_cannot_be_a_store_is_refused(locations, tmp_path):
    """Nothing to ingest, doubled ids, a foreign folder, a file, no worker."""
    with pytest.raises(StoreError, match="nothing to ingest"):
        ingest([], tmp_path / "store", **OPTIONS)
    with pytest.raises(StoreError, match="'rec000' twice"):
        ingest([*locations, locations[0]], tmp_path / "store", **OPTIONS)
    with pytest.raises(StoreError, match="not a store and not empty"):
        ingest(locations, tmp_path / "archive", **OPTIONS)
    with pytest.raises(StoreError, match="is a file"):
        ingest(locations, tmp_path / "archive" / "rec000.hea", **OPTIONS)
    with pytest.raises(StoreError, match="at least 1, got 0"):
        ingest(locations, tmp_path / "store", workers=0, **OPTIONS)


def test_a_finished_store_that_lost_a_part_is_refused(locations, tmp_path):
    """Rather than mended in silence."""
    ingest(locations, tmp_path / "store", **OPTIONS)
    (tmp_path / "store" / "manifest" / "00000001.parquet").unlink()
    with pytest.raises(StoreError, match=r"00000001\.parquet is gone"):
        ingest(locations, tmp_path / "store", **OPTIONS)


def test_two_processes_cannot_write_one_store(locations, tmp_path):
    """The second one is refused."""
    store = tmp_path / "store"
    store.mkdir()
    with StoreLock(store / ".lock"), pytest.raises(StoreError, match="another process is writing"):
        ingest(locations, store, **OPTIONS)


@pytest.mark.parametrize("where", ["signals", "flush"])
def test_a_full_disk_keeps_what_was_committed_and_can_be_resumed(where, locations, tmp_path, monkeypatch):
    """Nothing of the shard under way stays; the message says how to go on."""
    ingest(locations, tmp_path / "unbroken", **OPTIONS)
    calls = [0]

    def full(*_):
        calls[0] += 1
        if calls[0] == 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(*_)

    if where == "signals":
        original = ShardWriter.append
        patch = (ShardWriter, "append", full)
    else:
        original = os.fsync
        patch = (os, "fsync", full)
    store = tmp_path / "store"
    with monkeypatch.context() as context:
        context.setattr(*patch)
        with pytest.raises(StoreFullError, match=r"free some space and run\s+the same command again"):
            ingest(locations, store, **OPTIONS)
    kept = tree(store)
    assert not [name for name in kept if name.endswith(".tmp")]
    committed = {name: content for name, content in kept.items() if not name.startswith("rejected")}
    assert committed.items() <= tree(tmp_path / "unbroken").items()
    ingest(locations, store, **OPTIONS)
    assert tree(store) == tree(tmp_path / "unbroken")


def test_progress_is_told_after_each_shard(locations, tmp_path):
    """From what an earlier call had done to the whole."""
    told = []
    ingest(locations, tmp_path / "store", progress=lambda *done_total: told.append(done_total), **OPTIONS)
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]
    ingest(locations, tmp_path / "store", progress=lambda *done_total: told.append(done_total), **OPTIONS)
    assert told[4:] == [(10, 10)]


def test_ingest_imports_neither_torch_nor_polars():
    """They would cost every worker hundreds of megabytes."""
    code = "import sys, einthoven.store.ingest, einthoven.store.store; print({'torch', 'polars'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.real_data
def test_real_records_are_stored_and_verified(real_data, tmp_path):
    """Twenty PTB-XL records under the default spec: 12 leads, 250 Hz, within a step of what was prepared."""
    locations = locate(real_data / "ptb_xl" / "records500")[:20]
    ingest(locations, tmp_path / "store", spec=IngestSpec(), measure_quality=False)
    with Store.open(tmp_path / "store") as store:
        assert store.read(np.arange(20)).shape == (20, 12, 2500)
        assert store.verify() == []
        assert store.rejected.num_rows == 0
