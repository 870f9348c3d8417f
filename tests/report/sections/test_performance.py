"""The tables of numbers say what they don't know."""

from __future__ import annotations

import dataclasses

from einthoven.report.evidence import Evidence
from einthoven.report.sections.performance import section


def test_both_splits_have_both_tables(full):
    captions = [block.caption for block in section(full).blocks]
    assert len(captions) == 4
    assert sum("external test set" in caption for caption in captions) == 2
    assert all("ensemble of 2 seeds" in caption for caption in captions)


def test_a_label_without_positives_keeps_its_row_and_gives_the_reason(one_class):
    table = section(one_class).blocks[0]
    row = next(row for row in table.rows if row.cells[0].text == "NORM")
    assert [cell.text for cell in row.cells[2:4]] == ["0", "–"]
    assert "NORM: not estimable (no positives)." in table.notes


def test_cut_offs_are_those_of_the_validation_split(full):
    table = section(full).blocks[1]
    assert table.columns[1].head == "Cut-off"
    for row in table.rows:
        threshold = full.threshold("pretrained", row.cells[0].text)
        assert row.cells[1].text == f"{threshold.value:.3f}"
    assert "validation split" in table.notes[0]


def test_the_level_of_the_intervals_is_the_protocols(full):
    protocol = dataclasses.replace(full.evaluation.protocol, level=0.9)
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, protocol=protocol))
    assert "90% confidence interval" in section(evidence).blocks[0].notes[0]


def test_labels_that_an_average_leaves_out_are_named_under_the_table(full, tmp_path):
    told = "mean of 2 of 3 labels (left out for too few events: AF (3 positives)); BCa"
    results = [
        dataclasses.replace(row, estimate=dataclasses.replace(row.estimate, method=told))
        if row.label == "macro"
        else row
        for row in full.evaluation.results
    ]
    dataclasses.replace(full.evaluation, results=results).save(tmp_path)
    notes = section(Evidence.load(tmp_path)).blocks[0].notes
    assert "Macro average: mean of 2 of 3 labels (left out for too few events: AF (3 positives))." in notes


def test_scores_that_are_no_probabilities_have_no_columns_of_calibration(full, tmp_path):
    results = [row for row in full.evaluation.results if row.metric in {"auroc", "auprc"}]
    dataclasses.replace(full.evaluation, results=results).save(tmp_path)
    table = section(Evidence.load(tmp_path)).blocks[0]
    assert [column.head for column in table.columns] == ["Label", "ECGs", "Events", "AUROC", "AUPRC"]
    assert "slope" not in table.notes[0]
