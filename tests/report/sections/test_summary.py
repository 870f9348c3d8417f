"""The key finding, and what must be said before it."""

from __future__ import annotations

import dataclasses

from einthoven.report.blocks import Finding, Notice
from einthoven.report.notation import value
from einthoven.report.sections.summary import section


def _notices(evidence):
    return [block.text for block in section(evidence).blocks if isinstance(block, Notice)]


def test_the_finding_names_data_model_interval_and_extremes(full):
    finding = next(block for block in section(full).blocks if isinstance(block, Finding))
    macro = full.estimate("pretrained", "test", "macro", "auroc")
    assert f"{finding.number} {finding.interval}" == value(macro)
    for words in ("ensemble of 2 seeds of “pretrained”", value(macro), "over 3 labels", "On external data"):
        assert words in finding.sentence


def test_simulated_data_and_arbitrary_units_are_said_first(full):
    study = {
        "data": {"hospital": {"source": "simulated"}},
        "input": {"ingest": {"unit": "arbitrary"}},
    }
    notices = _notices(dataclasses.replace(full, study=study))
    assert notices[0].startswith("Simulated data")
    assert "no millivolts" in notices[1]


def test_real_data_in_millivolts_need_no_warning(full):
    assert _notices(full) == []


def test_a_single_label_is_named_instead_of_averaged(one_class):
    rows = [row for row in one_class.evaluation.results if row.label == "MI"]
    estimates = {(r.model, r.seed, r.split, r.label, r.metric): r.estimate for r in rows}
    finding = section(dataclasses.replace(one_class, _estimates=estimates)).blocks[-1]
    assert finding.name == "AUROC for MI"
    assert "reached an AUROC for MI of" in finding.sentence
