"""Provenance names hashes, versions, seeds and stages."""

from __future__ import annotations

from einthoven.report.sections.provenance import section


def test_hashes_versions_and_seeds_are_there(full):
    facts, stages = section(full).blocks
    pairs = dict(facts.pairs)
    assert pairs["Cohort hash"] == full.cohort.hash
    assert full.stores[0]["ingest_hash"] in pairs.values()
    assert pairs["Seeds of the arms"] == "pretrained: 0, 1; scratch: 0, 1"
    assert len(stages.rows) == len(full.stages)
