"""``store.json``: what a store is for."""

from __future__ import annotations

import dataclasses
import json

import pytest

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.input_spec import IngestSpec
from einthoven.errors import SpecificationError
from einthoven.store.description import StoreDescription, locations_hash

DESCRIPTION = StoreDescription(IngestSpec(rate_hz=100.0), 2001, 1000, "0f", quality=True)


def test_it_is_read_as_written_and_written_alike(tmp_path):
    """Equal descriptions give equal bytes."""
    DESCRIPTION.write(tmp_path / "a.json")
    DESCRIPTION.write(tmp_path / "b.json")
    assert StoreDescription.read(tmp_path / "a.json") == DESCRIPTION
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert DESCRIPTION.shards == 3


def test_a_spec_with_unknown_keys_is_refused(tmp_path):
    """It was not written by this version."""
    DESCRIPTION.write(tmp_path / "a.json")
    facts = json.loads((tmp_path / "a.json").read_text())
    facts["ingest"]["rate"] = 100
    (tmp_path / "a.json").write_text(json.dumps(facts))
    with pytest.raises(SpecificationError, match="did you mean 'rate_hz'"):
        StoreDescription.read(tmp_path / "a.json")


def test_the_hash_of_a_list_depends_on_order_and_every_field():
    """So that a store serves one list."""
    one, two = RecordLocation("a", "a.hea", "wfdb"), RecordLocation("b", "b.hea", "wfdb")
    hashes = {
        locations_hash(locations)
        for locations in (
            [one, two],
            [two, one],
            [one],
            [one, dataclasses.replace(two, options={"unit": "uV"})],
            [one, dataclasses.replace(two, patient_id="p")],
        )
    }
    assert len(hashes) == 5
    assert locations_hash([one, two]) in hashes


def test_measurements_are_named_only_in_stores_that_have_them(tmp_path):
    """A store.json from before says nothing of them, and stays what it was byte for byte."""
    DESCRIPTION.write(tmp_path / "a.json")
    assert "measurements" not in json.loads((tmp_path / "a.json").read_text())
    measured = dataclasses.replace(DESCRIPTION, measurements=True)
    measured.write(tmp_path / "b.json")
    assert StoreDescription.read(tmp_path / "b.json") == measured
