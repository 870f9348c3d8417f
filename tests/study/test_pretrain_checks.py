"""What a pretraining asks for is held against what there is, before anything is read."""

from __future__ import annotations

import dataclasses

import pytest

from einthoven.errors import SpecificationError
from einthoven.study.pretrain_checks import asked_labels, check_labels, serving
from einthoven.study.settings import load_study
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.pretrain_settings import PretrainSettings

STUDY = """
version = 1
[data.main]
source = "ptb_xl"
path = "data"
[data.archive]
source = "arrays"
role = "pretrain"
path = "archive"
signals = "signals.npy"
table = "labels.csv"
axes = "record,sample,lead"
rate_hz = 100
unit = "mV"
leads = ["I"]
labels = ["AF"]
[data.other]
source = "ptb_xl"
role = "external"
path = "other"
[cohort]
labels = ["NORM", "MI"]
[input.view]
window_s = 5
[pretrain.first]
architecture = "xresnet1d"
settings = { widths = [8, 8, 8, 8], stem_widths = [8] }
objectives = { supervised = { weight = 0.5, label_smoothing = 0.1 } }
labels = ["NORM"]
seeds = [1, 2]
"""


def load(folder, text: str):
    """Load a study from text."""
    (folder / "study.toml").write_text(text)
    return load_study(folder / "study.toml")


def test_a_pretraining_is_read_with_its_defaults(tmp_path):
    """Data of the role pretrain may have labels of their own, and serve beside those that develop."""
    study = load(tmp_path, STUDY)
    assert study.pretrain["first"].seeds == (1, 2)
    assert study.pretrain["first"].batch_size == 64
    assert study.data["archive"].labels == ("AF",)
    assert serving(study.pretrain["first"], study.data) == ("main", "archive")
    assert study.to_plain()["pretrain"]["first"]["objectives"]["supervised"]["weight"] == 0.5


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("seeds =", "seds =", r"pretrain\.first has no key 'seds'; did you mean 'seeds'"),
        ("supervised =", "supervise =", r"pretrain\.first\.objectives has no 'supervise'; did you mean 'supervised'"),
        ("label_smoothing", "smoothing", r"pretrain\.first\.objectives\.supervised: it has no setting 'smoothing'"),
        ("weight = 0.5", "weight = -1", r"objectives\.supervised\.weight must be a positive number, got -1"),
        ("label_smoothing = 0.1", "label_smoothing = 2", r"supervised: label_smoothing must lie in \[0, 1\)"),
        ('"xresnet1d"', '"xresnet"', r"pretrain\.first: architectures has no 'xresnet'; did you mean 'xresnet1d'"),
        ("widths = [8, 8, 8, 8]", "width = [8]", r"pretrain\.first: .*no setting 'width'; did you mean 'widths'"),
        ("{ supervised =", "{ cpc = {}, supervised =", r"pretrain\.first: cpc needs an encoder whose tokens"),
        ("{ supervised =", "{ jepa = {}, supervised =", r"pretrain\.first: jepa hides patches.*got XResNet1d"),
        (
            "{ supervised =",
            "{ patient_contrast = {}, wav2vec2_cmsc = {}, supervised =",
            r"pretrain\.first: wav2vec2_cmsc needs an encoder of convolutions and a transformer",
        ),
        ("{ supervised =", "{ cross_modal = {}, supervised =", r"pretrain\.first: .*vectors"),
        ("objectives = {", "micro_batch_size = 65\nobjectives = {", r"batch_size \(64\), got 65"),
        ("objectives = {", "steps = -1\nobjectives = {", r"steps starts at 0, got -1"),
        ("window_s = 5", "window_s = 0.01", r"pretrain\.first: .*xresnet1d"),
        ("seeds = [1, 2]", "seeds = [1, 1]", r"pretrain\.first\.seeds must be distinct whole numbers from 0"),
        ("seeds = [1, 2]", 'data = ["mian"]', r"pretrain\.first\.data has no 'mian'; did you mean 'main'"),
        ("seeds = [1, 2]", 'data = ["other"]', r"'other', which is external: no training ever touches it"),
        ("seeds = [1, 2]", 'splits = ["test"]', r"pretrain\.first\.splits has no 'test'; accepted: train, validation"),
        ("seeds = [1, 2]", 'leads = ["V9"]', r"pretrain\.first\.leads has no 'V9'"),
        ('labels = ["NORM"]', "", r"the objective supervised needs labels: name them in pretrain\.first\.labels"),
        ("[pretrain.first]", '[pretrain."a b"]', r"names of data and arms are letters"),
        ("[pretrain.first]", "[pretrain.ecg_cpc]", r"has the name of a published model"),
        ("[pretrain.first]", "[pretrain_first]", r"the top level has no key 'pretrain_first'; did you mean 'pretrain'"),
        ('labels = ["AF"]', "labels = 3", r"data\.archive\.labels is a set of labels or a list of their names, got 3"),
        ('role = "external"', 'role = "external"\nlabels = ["AF"]', r"data\.other has no key 'labels'"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_answered_with_the_right_one(tmp_path, right, wrong, message):
    """The message names the key and what is accepted."""
    with pytest.raises(SpecificationError, match=message):
        load(tmp_path, STUDY.replace(right, wrong))


@pytest.mark.parametrize("architecture", ["wav2vec2_ecg", "hubert_ecg"])
def test_objectives_that_suit_their_architecture_are_read(tmp_path, architecture):
    """Also where a network can't be followed without numbers, as that which begins with a filter."""
    wanted = f'architecture = "{architecture}"\nobjectives = {{ wav2vec2_cmsc = {{}} }}'
    text = STUDY.partition("architecture")[0] + wanted
    assert load(tmp_path, text).pretrain["first"].architecture == architecture


def test_frames_of_vectors_that_are_not_read_yet_are_no_error(tmp_path):
    """How wide vectors are is seen when they are read."""
    wanted = 'objectives = { cross_modal = { frames = 7 } }\nvectors = { path = "later.parquet" }'
    text = STUDY.partition("architecture")[0] + wanted
    assert load(tmp_path, text).pretrain["first"].vectors.path.endswith("later.parquet")


def test_augmentation_of_a_pretraining_is_what_is_asked_for_alone(tmp_path):
    """An arm's has defaults; a wrong word is named in both."""
    text = STUDY.replace("seeds = [1, 2]", "augmentation = { noise = 0.1 }")
    found = load(tmp_path, text).pretrain["first"].augmentation
    assert found == dataclasses.replace(Augmentation.off(), noise=0.1)
    with pytest.raises(SpecificationError, match=r"pretrain\.first\.augmentation has no key 'nois'; did you mean"):
        load(tmp_path, text.replace("noise", "nois"))


def test_labels_are_held_against_the_cohort_before_ingest():
    """A pattern that matches nothing names the nearest."""
    settings = PretrainSettings({"supervised": {}}, labels=("NORM", "scp.*"))
    check_labels("first", settings, ("NORM", "scp.IMI"))
    with pytest.raises(SpecificationError, match=r"pretrain\.first\.labels: no label is called 'NORM'; did you mean"):
        check_labels("first", settings, ("NORMAL", "scp.IMI"))
    with pytest.raises(SpecificationError, match="the cohort has none"):
        check_labels("first", settings, ())


def test_a_pattern_leaves_outcomes_out_and_a_name_does_not():
    """Few labels of an arm would be many, if its pretraining learnt all of them."""
    tasks = ("lvsd", "AF", "LBBB")
    asked = {pattern: PretrainSettings({"supervised": {}}, labels=(pattern,)) for pattern in ("*", "L*", "lvsd")}
    found = {pattern: asked_labels(settings, tasks, outcomes=("lvsd",)) for pattern, settings in asked.items()}
    assert found == {"*": ("AF", "LBBB"), "L*": ("LBBB",), "lvsd": ("lvsd",)}
    with pytest.raises(SpecificationError, match=r"the labels \* of a pretraining match outcomes of the study alone"):
        asked_labels(asked["*"], ("lvsd",), outcomes=("lvsd",))


def test_only_pretraining_does_without_outcomes(tmp_path):
    """An archive without labels can be pretrained on; arms have something to learn."""
    unlabelled = STUDY.replace('[cohort]\nlabels = ["NORM", "MI"]', "").replace('labels = ["NORM"]', 'labels = ["AF"]')
    assert load(tmp_path, unlabelled).cohort.labels == ()
    with pytest.raises(SpecificationError, match="the cohort has no outcome"):
        load(tmp_path, unlabelled + "[arm.main]\n")
    with pytest.raises(SpecificationError, match=r"data\.archive serves pretraining, but the study has no \[pretrain"):
        load(tmp_path, STUDY.partition("[pretrain.first]")[0])


def test_archives_keep_the_ecgs_of_tested_patients_away_unless_the_study_decides(tmp_path):
    """Other ids hide who is tested; a study without archives goes on as before."""
    assert load(tmp_path, STUDY).cohort.near_duplicates == "drop"
    decided = STUDY.replace("[cohort]", '[cohort]\nnear_duplicates = "report"')
    assert load(tmp_path, decided).cohort.near_duplicates == "report"
    alone = STUDY.partition("[data.archive]")[0] + "[data.other]" + STUDY.partition("[data.other]")[2]
    assert load(tmp_path, alone).cohort.near_duplicates == "report"
