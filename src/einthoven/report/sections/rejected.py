"""Files that could not be used: how many, why, and which."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePath

import pyarrow as pa

from einthoven.errors import StoreError
from einthoven.report.blocks import Block, Cell, Column, Notice, Prose, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.notation import count
from einthoven.store.store import Store

__all__ = ["section"]

MOST_ROWS = 25


def section(evidence: Evidence) -> Section:
    """Return counts by reason, and the first files."""
    if not evidence.stores:
        absent = Notice("The run says nothing of ingest (ingest.json).", tone="absent")
        return Section("rejected", "Rejected files", (absent,))
    records = sum(int(store.get("records", 0)) for store in evidence.stores)
    rejected = sum(int(store.get("rejected", 0)) for store in evidence.stores)
    text = f"{count(records)} ECGs were ingested; "
    text += f"{count(rejected)} file{_plural(rejected)} could not be used." if rejected else "no file was rejected."
    blocks: list[Block] = [Prose((text,))]
    if rejected:
        tables = [_rejected_of(evidence.run, str(store.get("path", ""))) for store in evidence.stores]
        known = [table for table in tables if table is not None]
        blocks.append(
            _table(pa.concat_tables(known))
            if known
            else Notice("The store is not where the run left it: reasons can’t be listed.", tone="absent")
        )
    return Section("rejected", "Rejected files", tuple(blocks))


def _rejected_of(run: Path, path: str) -> pa.Table | None:
    """Rejected files of a store; None where the store is gone."""
    try:
        with Store.open(run / path) as store:  # an absolute path replaces the run's
            return store.rejected
    except (StoreError, OSError):
        return None


def _table(rejected: pa.Table) -> TableBlock:
    reasons = Counter(rejected["error_type"].to_pylist())
    listed = ", ".join(f"{name} {count(amount)}" for name, amount in reasons.most_common())
    rows = rejected.slice(0, MOST_ROWS).to_pylist()
    notes = [f"By reason: {listed}."]
    if rejected.num_rows > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS} of {count(rejected.num_rows)}; all are in rejected.parquet of the store.")
    return TableBlock(
        "Files that could not be used.",
        (Column("File", numeric=False), Column("Reason", numeric=False), Column("What was wrong", numeric=False)),
        tuple(
            Row((Cell(PurePath(r["path"]).name), Cell(r["error_type"]), Cell(_without_folder(r["message"], r["path"]))))
            for r in rows
        ),
        tuple(notes),
    )


def _without_folder(message: str | None, path: str) -> str:
    """Say the file's name only: folders of a hospital's machine are nobody else's business."""
    return (message or "").replace(str(PurePath(path).parent) + "/", "")


def _plural(amount: int) -> str:
    return "" if amount == 1 else "s"
