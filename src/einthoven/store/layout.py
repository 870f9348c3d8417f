"""Where the files of a store lie.

::

    store/
        store.json              what the store is for; written first
        shards/00000000.npy     int16, one after the other (lead, length) block per record
        measurements/00000000.parquet   numbers from the waves of the same records, where they were asked for
        manifest/00000000.parquet   one row per record of the shard; its presence commits the shard
        rejected/00000000.parquet   what the shard could not use; only until the store is finished
        rejected.parquet        all of these, written last: its presence means that the store is finished
        .lock                   empty; held by the process that writes
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["TEMPORARY_SUFFIX", "StoreLayout"]

TEMPORARY_SUFFIX = ".tmp"


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """Paths below the folder of one store."""

    folder: Path

    @property
    def description(self) -> Path:
        """The file that says what the store is for."""
        return self.folder / "store.json"

    @property
    def lock(self) -> Path:
        """The file that the writing process holds."""
        return self.folder / ".lock"

    @property
    def rejected(self) -> Path:
        """All rejected files, once the store is finished."""
        return self.folder / "rejected.parquet"

    @property
    def folders(self) -> tuple[Path, Path, Path]:
        """Folders of signals, of manifest parts, and of rejected parts."""
        return self.folder / "shards", self.folder / "manifest", self.folder / "rejected"

    @property
    def measurements(self) -> Path:
        """Folder of the measurements, in a store that has them."""
        return self.folder / "measurements"

    def shard(self, number: int) -> Path:
        """Signals of one shard."""
        return self.folder / "shards" / f"{number:08d}.npy"

    def part(self, number: int) -> Path:
        """Manifest part of one shard."""
        return self.folder / "manifest" / f"{number:08d}.parquet"

    def measurements_part(self, number: int) -> Path:
        """Measurements of one shard."""
        return self.measurements / f"{number:08d}.parquet"

    def rejected_part(self, number: int) -> Path:
        """Rejected files of one shard."""
        return self.folder / "rejected" / f"{number:08d}.parquet"

    def committed(self, number: int) -> bool:
        """Whether a shard is whole and on disk."""
        return self.part(number).exists()
