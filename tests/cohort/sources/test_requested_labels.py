"""A request for labels is met by the owners' own ones first, then by those that all data sets share."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.requested_labels import FindingLabels, RequestedLabels, finding_columns, known_only
from einthoven.errors import CohortError


def asked(labels, auxiliary=(), **changes) -> RequestedLabels:
    return RequestedLabels.of(
        labels, auxiliary, **({"owner": "The set", "own": ("AF", "shd"), "own_sets": {"ours": ("AF", "shd")}} | changes)
    )


def test_own_labels_sets_and_findings_may_be_mixed():
    """In the order asked for, each once; what is an outcome isn't auxiliary, too."""
    labels = asked(("shd", "infarction", "ours"), ("atrial_flutter", "shd"))
    assert labels.outcomes == ("shd", "infarction", "AF")
    assert labels.auxiliary == ("atrial_flutter",)
    assert labels.own == ("shd", "AF")
    assert labels.shared == ("infarction", "atrial_flutter")


@pytest.mark.parametrize("nothing", ["", ()])
def test_nothing_asked_for_is_no_label(nothing):
    """A study of reports alone."""
    assert asked(nothing).outcomes == ()


def test_a_label_set_is_all_its_labels():
    """The 46."""
    assert len(asked("einthoven46").shared) == 46


def test_a_misspelt_name_is_answered_with_the_right_one():
    """From the owners' names and from the shared ones."""
    with pytest.raises(CohortError, match=r"The set has no label or label set 'our'; did you mean 'ours'"):
        asked("our")
    with pytest.raises(CohortError, match="did you mean 'atrial_flutter'"):
        asked(("atrial_fluter",))


def test_findings_are_refused_where_none_are_stated():
    """A data set of echo findings knows nothing of statements."""
    with pytest.raises(CohortError, match="has no label or label set 'atrial_flutter'; accepted: AF, shd, ours"):
        asked("atrial_flutter", findings=False)


def test_ecgs_share_their_findings_and_keep_their_measurements():
    """Each different report is looked at once; the QRS of each ECG is its own."""
    known = FindingLabels(
        findings=[{"atrial_flutter": "uncertain"}, None, {}],
        row_of=pl.Series([2, 0, 1, 0]),
        measurements={"qrs_ms": pl.Series([150.0, None, 90.0, 100.0])},
    )
    columns = finding_columns(known, ("atrial_flutter", "qrs_above_140"))
    assert columns["y.atrial_flutter"] == [0.0, None, None, None]
    assert columns["u.atrial_flutter"] == [False, True, False, True]
    assert columns["y.qrs_above_140"] == [1.0, None, 0.0, 0.0]
    assert finding_columns(known, ()) == {}


def test_what_nobody_looked_for_is_unknown_unless_it_is_implied():
    """Six abnormalities say nothing of an infarction, but a sinus bradycardia is a sinus rhythm."""
    found = [vocabulary().closure({"sinus_bradycardia": "present"}), {}]
    names = ("sinus_bradycardia", "sinus_rhythm", "infarction")
    columns = finding_columns(FindingLabels(found, pl.Series([0, 1]), {}), names)
    known = known_only(columns, answered={"sinus_bradycardia"})
    assert known["y.sinus_bradycardia"] == [1.0, 0.0]
    assert known["y.sinus_rhythm"] == [1.0, None]
    assert known["y.infarction"] == [None, None]
