from __future__ import annotations

import uuid

import numpy as np

from einthoven.ecg.formats.content_uid import content_uid
from fakes.written_records import record_of


def test_identifiers_follow_from_samples_name_and_purpose():
    first = content_uid(record_of(), "document")
    assert first == content_uid(record_of(), "document")
    assert uuid.UUID(first).version == 5
    assert len({first, content_uid(record_of(), "series"), content_uid(record_of(np.zeros((12, 60))), "document")}) == 3
