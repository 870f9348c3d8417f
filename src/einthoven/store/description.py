"""``store.json``: what a store is for, fixed when it is begun."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.input_spec import IngestSpec
from einthoven.errors import StoreError
from einthoven.store.durable import durable_file

__all__ = ["StoreDescription", "locations_hash"]

TYPE = "einthoven.store"
VERSION = 1


@dataclass(frozen=True, slots=True)
class StoreDescription:
    """Facts that hold for every record of a store.

    Attributes
    ----------
    spec : IngestSpec
    records : int
        Length of the list of locations; records that are rejected count too.
    shard_records : int
        Locations per shard: shard ``k`` holds the ``k``-th slice of the list.
    locations_hash : str
    quality : bool
        Whether signal quality was measured.
    measurements : bool
        Whether the numbers from the waves were; ``store.json`` says so only then, as stores made before had none.
    """

    spec: IngestSpec
    records: int
    shard_records: int
    locations_hash: str
    quality: bool
    measurements: bool = False

    @property
    def shards(self) -> int:
        """How many shards the finished store has."""
        return -(-self.records // self.shard_records)

    def write(self, path: Path) -> None:
        """Write the file whole."""
        facts = {
            "type": TYPE,
            "version": VERSION,
            "ingest_hash": self.spec.ingest_hash,
            "ingest": self.spec.to_dict(),
            "leads": list(self.spec.leads),
            "rate_hz": self.spec.rate_hz,
            "shards": self.shards,
            "shard_records": self.shard_records,
            "locations": self.records,
            "locations_hash": self.locations_hash,
            "quality": self.quality,
        }
        if self.measurements:
            facts["measurements"] = True
        with durable_file(path) as file:
            file.write((json.dumps(facts, indent=1) + "\n").encode())

    @classmethod
    def read(cls, path: Path) -> StoreDescription:
        """Read the file; a missing, foreign, damaged or newer one is a ``StoreError``."""
        facts = _facts(path)
        try:
            return cls(
                spec=IngestSpec.from_dict(facts["ingest"]),
                records=int(facts["locations"]),
                shard_records=int(facts["shard_records"]),
                locations_hash=str(facts["locations_hash"]),
                quality=bool(facts["quality"]),
                measurements=bool(facts.get("measurements", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{path} is damaged ({error!r}): make the store again from the original files") from error


def locations_hash(locations: Sequence[RecordLocation]) -> str:
    """Return the SHA-256 over all fields of all locations, in order."""
    digest = hashlib.sha256()
    for location in locations:
        fields = {field.name: getattr(location, field.name) for field in dataclasses.fields(location)}
        fields["options"] = dict(fields["options"])
        digest.update(json.dumps(fields, sort_keys=True, default=str).encode() + b"\n")
    return digest.hexdigest()


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path.parent} is not a store, it has no {path.name}: make one with `einthoven ingest`"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} can't be read ({error}): make the store again from the original files") from error
    if not isinstance(facts, dict) or facts.get("type") != TYPE:
        raise StoreError(f"{path} does not describe a store: its type must be {TYPE!r}")
    version = facts.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise StoreError(
            f"the store {path.parent} has version {version}, this einthoven reads up to {VERSION}: update einthoven"
        )
    return facts
