"""Label sets."""

from __future__ import annotations

from collections import Counter

import pytest

from einthoven.cohort.labels.label_sets import LABEL_SETS, resolve_labels
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError


def test_each_set_has_the_number_of_its_name_and_no_label_twice():
    """46 labels in five groups; the others as their sources count them."""
    sizes = {name: len(labels) for name, labels in LABEL_SETS.items()}
    assert sizes == {"einthoven46": 46, "diagnoses68": 68, "cinc2021": 26, "ecgfounder150": 150, "measured": 5}
    for labels in LABEL_SETS.values():
        assert len({label.name for label in labels}) == len(labels)
    groups = Counter(label.group for label in LABEL_SETS["einthoven46"])
    assert groups == {"arrhythmia": 17, "conduction": 8, "ischaemia": 8, "other": 7, "measurement": 6}


def test_every_concept_of_every_label_exists():
    """Labels are made of the one vocabulary."""
    for labels in LABEL_SETS.values():
        for label in labels:
            assert label.concepts <= vocabulary().words.keys(), label.name
            assert label.words


def test_a_request_may_mix_sets_labels_and_concepts():
    """In the order asked for, nothing twice."""
    labels = resolve_labels(("u_wave", "qrs_above_140", "einthoven46"))
    assert list(labels)[:3] == ["u_wave", "qrs_above_140", "sinus_rhythm"]
    assert len(labels) == 47
    assert labels["u_wave"].concepts == {"u_wave"}


def test_nothing_asked_for_is_no_label():
    """A study without labels of statements."""
    assert resolve_labels("") == resolve_labels(()) == {}


def test_an_unknown_label_is_refused_with_the_nearest():
    """A spelling mistake is named."""
    with pytest.raises(CohortError, match="einthoven46"):
        resolve_labels("einthoven_46")
    with pytest.raises(CohortError, match="low_voltage"):
        resolve_labels(("low_voltages",))


def test_a_name_means_the_same_in_every_set_and_in_the_vocabulary():
    """Two labels are wider than the concept of their name, and are so wherever they stand."""
    meanings = {}
    for labels in LABEL_SETS.values():
        for label in labels:
            assert meanings.setdefault(label.name, label.concepts) == label.concepts, label.name
    wider = {name for name, concepts in meanings.items() if name in vocabulary().words and concepts - {name}}
    assert wider == {"ventricular_escape", "nonspecific_st_t_abnormality"}
    assert all(name in concepts for name, concepts in meanings.items() if name in vocabulary().words)


def test_the_challenges_classes_keep_their_codes(real_data):
    """Classes and their order as in the Challenge's matrix of weights."""
    header = (real_data / "snomed_maps" / "weights.csv").read_text(encoding="utf-8").splitlines()[0]
    classes = [frozenset(cell.split("|")) for cell in header.split(",")[1:]]
    assert [label.codes for label in LABEL_SETS["cinc2021"]] == classes


def test_codes_define_labels_only_in_their_set():
    """One label alone goes by its concept, from whichever set."""
    assert resolve_labels("cinc2021")["bundle_branch_block"].codes == {"6374002"}
    assert not resolve_labels("bundle_branch_block")["bundle_branch_block"].codes


def test_labels_of_ecgfounder_stand_in_its_order_and_comparisons_mean_nothing():
    """First, 62nd and last of the published list."""
    labels = LABEL_SETS["ecgfounder150"]
    assert [labels[k].words for k in (0, 61, 149)] == [
        "ABNORMAL ECG",
        "INFERIOR INFARCT",
        "MULTIFOCAL ATRIAL TACHYCARDIA",
    ]
    without = {group: [one for one in labels if one.group == group] for group in ("comparison", "no concept")}
    assert {group: len(some) for group, some in without.items()} == {"comparison": 22, "no concept": 34}
    assert {one.name for one in labels if not one.concepts} == {one.name for some in without.values() for one in some}
