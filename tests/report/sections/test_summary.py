"""The key finding, and what must be said before it."""

from __future__ import annotations

import dataclasses

from einthoven.evaluation.predictions import NO_PATIENTS
from einthoven.models.contamination import contamination_notes
from einthoven.models.public.public_model import Seen
from einthoven.report.blocks import Finding, Notice
from einthoven.report.evidence import Evidence
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


def _simulated(evidence, *sources):
    return dataclasses.replace(evidence.cohort, simulated=dict.fromkeys(sources, "hospital A, seed 7"))


def test_simulated_data_and_arbitrary_units_are_said_first(full):
    study = {"input": {"ingest": {"unit": "arbitrary"}}}
    cohort = _simulated(full, "ptb_xl", "elsewhere")
    notices = _notices(dataclasses.replace(full, study=study, cohort=cohort))
    assert notices[0] == (
        "Simulated data: whatever this study finds checks the software; it is no evidence about patients."
    )
    assert "no millivolts" in notices[1]


def test_one_simulated_site_among_real_ones_is_named(full):
    notices = _notices(dataclasses.replace(full, cohort=_simulated(full, "elsewhere")))
    assert notices[0].startswith("Simulated data: elsewhere is simulated, ptb_xl is not. Whatever")


def test_an_evaluation_without_its_cohort_still_says_it(full):
    note = _simulated(full, "ptb_xl").notice
    evaluation = dataclasses.replace(full.evaluation, notes=["another", note])
    assert _notices(dataclasses.replace(full, cohort=None, evaluation=evaluation)) == [note]


def test_data_that_the_weights_had_seen_are_said_before_the_finding(full):
    told = contamination_notes("a_model", [Seen("cinc2021"), Seen("code15")], name="ptb_xl")
    told += contamination_notes("a_model", [Seen("code15")], name="code15")
    notes = ["another", *told]
    evaluation = dataclasses.replace(full.evaluation, notes=notes)
    assert _notices(dataclasses.replace(full, evaluation=evaluation)) == notes[1:]


def test_real_data_in_millivolts_need_no_warning(full):
    assert _notices(full) == []


def test_a_single_label_is_named_instead_of_averaged(one_class):
    rows = [row for row in one_class.evaluation.results if row.label == "MI"]
    estimates = {(r.model, r.seed, r.split, r.label, r.metric): r.estimate for r in rows}
    finding = section(dataclasses.replace(one_class, _estimates=estimates)).blocks[-1]
    assert finding.name == "AUROC for MI"
    assert "reached an AUROC for MI of" in finding.sentence


def _alone(evidence, folder, *, method, notes=()):
    """Return only the evaluation of a study, with another method of its averages and other notes."""
    results = [
        dataclasses.replace(row, estimate=dataclasses.replace(row.estimate, method=method))
        if row.label == "macro"
        else row
        for row in evidence.evaluation.results
    ]
    dataclasses.replace(evidence.evaluation, results=results, notes=list(notes)).save(folder)
    return Evidence.load(folder)


def test_labels_that_an_average_leaves_out_are_not_counted(full, tmp_path):
    alone = _alone(full, tmp_path, method="mean of 2 of 3 labels (left out for too few events: AF (3 positives)); BCa")
    (finding,) = section(alone).blocks
    assert "over 2 of 3 labels (the others have too few events); single labels reached from" in finding.sentence


def test_of_scores_made_elsewhere_nobody_says_what_they_were_fitted_on(full, tmp_path):
    (finding,) = section(_alone(full, tmp_path, method="mean of 3 labels; BCa", notes=[NO_PATIENTS])).blocks
    assert "took no part" in next(b for b in section(full).blocks if isinstance(b, Finding)).sentence
    assert "took no part" not in finding.sentence
    assert " (each counted as its own patient), " in finding.sentence
