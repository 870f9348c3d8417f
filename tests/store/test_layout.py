"""Paths of a store."""

from __future__ import annotations

from einthoven.store.layout import StoreLayout


def test_the_manifest_part_commits_a_shard(tmp_path):
    """Signals alone don't."""
    layout = StoreLayout(tmp_path)
    for folder in layout.folders:
        folder.mkdir()
    layout.shard(12).touch()
    assert not layout.committed(12)
    layout.part(12).touch()
    assert layout.committed(12)
    assert sorted(path.name for path in tmp_path.rglob("0*")) == ["00000012.npy", "00000012.parquet"]
