"""One shard from one slice."""

from __future__ import annotations

import dataclasses
import os

import pytest

from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, read_table
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA
from einthoven.store.write_shard import ShardResult, ShardTask, write_shard
from fakes.ecg_archive import SPEC, tree, write_archive


@pytest.fixture
def task(tmp_path):
    """Shard 3 of five records, one of them bad."""
    layout = StoreLayout(tmp_path / "store")
    for folder in layout.folders:
        folder.mkdir(parents=True)
    locations = write_archive(tmp_path / "archive", 5, lengths=(300, 420), bad={1})
    return ShardTask(layout, 3, tuple(locations), spec=SPEC, measure_quality=False)


def test_the_part_is_renamed_last(task, monkeypatch):
    """It is the commit of signals and rejected files."""
    replace, renamed = os.replace, []

    def noting(source, target):
        renamed.append(target.parent.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", noting)
    assert write_shard(task) == ShardResult(3, records=4, rejected=1)
    assert renamed == ["shards", "rejected", "manifest"]


def test_blocks_follow_one_another_and_carry_the_shards_number(task):
    """Starts count int16 values."""
    write_shard(task)
    table = read_table([task.layout.part(3)], schema=MANIFEST_SCHEMA)
    assert table["shard"].to_pylist() == [3] * 4
    lengths = table["length"].to_pylist()
    assert lengths == [150, 150, 210, 150]
    assert table["start"].to_pylist() == [0, 450, 900, 1530]


def test_the_same_task_gives_the_same_bytes(task):
    """Written over what is there."""
    write_shard(task)
    first = tree(task.layout.folder)
    write_shard(task)
    assert tree(task.layout.folder) == first


def test_measurements_are_on_disk_before_the_part_that_commits_them(task, monkeypatch):
    """Row for row those of the manifest."""
    task = dataclasses.replace(task, measure_waves=True)
    task.layout.measurements.mkdir()
    replace, renamed = os.replace, []

    def noting(source, target):
        renamed.append(target.parent.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", noting)
    write_shard(task)
    assert renamed == ["shards", "rejected", "measurements", "manifest"]
    measured = read_table([task.layout.measurements_part(3)], schema=MEASUREMENTS_SCHEMA)
    manifest = read_table([task.layout.part(3)], schema=MANIFEST_SCHEMA)
    for column in ("record_id", "patient_id", "source_path"):
        assert measured[column].to_pylist() == manifest[column].to_pylist()
