"""What weights had seen before this study is said, unless this study's own split kept it out of the test."""

from __future__ import annotations

import json
from types import SimpleNamespace

from einthoven.models.public.public_model import Seen
from einthoven.study.arms import _contamination, _seen_before
from einthoven.study.starting import Before, seen_elsewhere
from einthoven.training.arm import ArmSettings


def test_a_pretraining_of_this_study_has_seen_nobody_who_is_tested():
    """Nor has random initialisation."""
    assert seen_elsewhere(ArmSettings()) == seen_elsewhere(ArmSettings(start="first")) == Before("", ())


def test_of_another_study_s_split_nothing_is_known_so_its_data_are_marked(tmp_path):
    """By the name that they had there; what a published model had seen is told of by its own name."""
    description = {"pretrained_on": ["ptb_xl", "code15"], "seen_in_pretraining": [{"data_set": "code15"}]}
    (tmp_path / "checkpoint.json").write_text(json.dumps(description))
    before = seen_elsewhere(ArmSettings(start=str(tmp_path)))
    assert before.seen_in_pretraining == (Seen("ptb_xl", split="in another study, whose split isn't known here"),)
    data = {"mine": SimpleNamespace(source="ptb_xl"), "B": SimpleNamespace(source="hospital")}
    run = SimpleNamespace(settings=SimpleNamespace(data=data))
    (note,) = _contamination(run, before)
    assert note.startswith(f"Contaminated: the weights of {tmp_path} have seen ptb_xl (in another study")
    assert _seen_before(run, before) == ("ptb_xl", "mine")


def test_a_name_of_another_study_that_says_nothing_is_no_proof_that_its_ecgs_are_others(tmp_path):
    """Both call it as they like; what was simulated there is nobody's."""
    description = {"pretrained_on": ["A", "made"], "simulated": ["made"], "seen_in_pretraining": []}
    (tmp_path / "checkpoint.json").write_text(json.dumps(description))
    before = seen_elsewhere(ArmSettings(start=str(tmp_path)))
    run = SimpleNamespace(settings=SimpleNamespace(data={"B": SimpleNamespace(source="ptb_xl")}))
    (note,) = _contamination(run, before)
    assert note == (
        f"Possibly contaminated: the weights of {tmp_path} have seen what another study calls A: find out whether "
        "scores on B are of ECGs that they have seen."
    )
    assert _seen_before(run, before) == ("A", "made")
