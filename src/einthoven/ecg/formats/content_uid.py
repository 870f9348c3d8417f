"""Unique identifiers that follow from a record's content: the same record is written as the same bytes."""

from __future__ import annotations

import hashlib
import uuid

import numpy as np

from einthoven.ecg.record import Record

__all__ = ["content_uid"]


def content_uid(record: Record, purpose: str) -> str:
    """Return a UUID (version 5, of name and samples) for one part of a document about the record."""
    content = hashlib.sha256(np.ascontiguousarray(record.signal).tobytes()).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{purpose}/{record.record_id}/{content}"))
