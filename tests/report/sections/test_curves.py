"""Curves of the labels with most events, at most eight."""

from __future__ import annotations

import dataclasses

from einthoven.report.sections.curves import section


def test_one_panel_per_label_kind_and_split(full):
    blocks = section(full).blocks
    assert [len(block.panels) for block in blocks] == [3, 3, 3, 3]
    assert blocks[0].names == full.arms
    assert "NORM" in blocks[0].panels[0].alt


def test_a_label_of_one_class_has_no_roc_curve(one_class):
    panels = section(one_class).blocks[0].panels
    assert not any("for NORM" in panel.alt for panel in panels)


def test_more_labels_than_eight_are_cut_and_the_caption_says_so(full):
    rows = full.evaluation.results
    many = {
        (r.model, r.seed, r.split, f"{r.label}{i}", r.metric): r.estimate
        for r in rows
        for i in range(4)
        if r.split == "test" and not r.subgroup and r.label != "macro"
    }
    curves = [dataclasses.replace(c, label=f"{c.label}{i}") for c in full.evaluation.curves for i in range(4)]
    evaluation = dataclasses.replace(full.evaluation, curves=curves)
    block = section(dataclasses.replace(full, _estimates=many, evaluation=evaluation)).blocks[0]
    assert len(block.panels) == 8
    assert "8 labels with most events of 12" in block.caption
