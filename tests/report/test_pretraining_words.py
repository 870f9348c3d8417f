"""A report says of each arm what it knew before it was trained, and how few labels it then had."""

from __future__ import annotations

import dataclasses

from einthoven.report.pretraining_words import beginning_words, few_label_words, pretraining_sentence
from einthoven.report.sections.methods import section


def _text(evidence) -> dict[str, str]:
    (prose,) = section(evidence).blocks
    return dict(prose.paragraphs)


def test_pretraining_start_and_few_labels_stand_in_the_methods(full):
    """Scores of draws aren't averaged; an archive for pretraining alone is told from what is evaluated."""
    pretraining = {"objectives": {"cpc": {}, "supervised": {}}, "splits": ["train"], "epochs": 5, "batch_size": 32}
    (name, arm), *_ = full.study["arm"].items()
    study = {
        **full.study,
        "data": {**full.study["data"], "archive": {"source": "hospital", "role": "pretrain"}},
        "cohort": {**full.study["cohort"], "near_duplicates": "drop"},
        "pretrain": {"quiet": pretraining, "idle": pretraining},
        "arm": {name: {**arm, "start": "quiet", "n_labels": 96, "seeds": [1, 2]}},
    }
    text = _text(dataclasses.replace(full, study=study))
    assert "archive (hospital, for pretraining alone)" in text["Data."]
    assert "whoever was recognised so is in one split alone" in text["Data."]
    assert "“quiet” was pretrained by cpc and supervised on ECGs of " in text["Models."]
    assert "(split train), for 5 epochs of 32 windows." in text["Models."]
    assert "whose encoder began with the weights of “quiet”" in text["Models."]
    assert "; it learnt from 96 labelled ECGs of the training split, drawn anew for each of 2 seeds" in text["Models."]
    assert "were averaged" not in text["Models."]
    assert "idle" not in text["Models."]


def test_an_arm_from_random_weights_and_all_labels_says_nothing_of_them():
    """As every arm before there was pretraining."""
    assert beginning_words({}) + few_label_words({}) == ""


def test_a_folder_is_told_by_its_name():
    """Where it lies on this machine is nobody's business."""
    assert beginning_words({"start": "/data/secret/checkpoint"}).endswith("of “checkpoint”")


def test_data_that_are_asked_for_are_named_alone():
    """Not all of the study's."""
    pretraining = {"objectives": {"jepa": {}}, "data": ["B"], "splits": ["train", "validation"], "batch_size": 8}
    told = pretraining_sentence("one", {**pretraining, "steps": 3000}, {"A": {}, "B": {}})
    assert told.endswith("by jepa on ECGs of B (split train and validation), for 3,000 steps of 8 windows.")
