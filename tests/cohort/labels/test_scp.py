"""PTB-XL's label sets follow its own table of statements."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.labels.codes import stated_concepts
from einthoven.cohort.labels.scp import ScpVocabulary, parse_statements, superclasses_of_concepts
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError


def test_label_sets_of_the_real_table(real_data):
    """71 statements: 44 diagnostic, 19 form, 12 rhythm; 23 subclasses in 5 superclasses, as the owners count them."""
    table = pl.read_csv(real_data / "ptb_xl" / "scp_statements.csv", infer_schema=False)
    vocabulary = ScpVocabulary.from_table(table)
    sizes = {name: len(labels) for name, labels in vocabulary.sets.items()}
    assert sizes == {"superclass": 5, "subclass": 23, "statements": 71, "diagnostic": 44, "form": 19, "rhythm": 12}
    assert vocabulary.resolve("superclass")["CD"] >= {"CLBBB", "CRBBB", "1AVB"}
    assert vocabulary.resolve("statements")["NORM"] == {"NORM"}


@pytest.mark.parametrize("text", ["", "NORM", "[1, 2]", "{'NORM': 'x'}", "__import__('os')"])
def test_unreadable_cell_is_refused_with_an_example(text):
    """Only a literal dictionary of numbers is read."""
    with pytest.raises(CohortError, match="scp_codes must look like"):
        parse_statements(text)


def test_concepts_of_each_diagnostic_statement_give_its_own_superclass(real_data):
    """By way of concepts nothing is lost: 44 of 44."""
    table = pl.read_csv(real_data / "ptb_xl" / "scp_statements.csv", infer_schema=False)
    own = dict(zip(table.to_series(0), table["diagnostic_class"], strict=True))
    diagnostic = ScpVocabulary.from_table(table).diagnostic
    assert len(diagnostic) == 44
    for code in diagnostic:
        assert superclasses_of_concepts(stated_concepts([code], system="scp")) == {own[code]}, code


def test_uncertain_concepts_count_unless_told_otherwise():
    """A statement of any likelihood counts in the benchmark of PTB-XL; an absent one never."""
    stated = {"inferior_infarction": "uncertain", "left_bundle_branch_block": "present", "ischaemia": "absent"}
    assert superclasses_of_concepts(stated) == {"MI", "CD"}
    assert superclasses_of_concepts(stated, uncertain=False) == {"CD"}


def test_the_map_of_superclasses_names_concepts():
    """And only the five classes."""
    classes = {name: superclasses_of_concepts({name: "present"}) for name in vocabulary().words}
    assert frozenset().union(*classes.values()) == {"NORM", "MI", "STTC", "CD", "HYP"}
    assert classes["sinus_rhythm"] == frozenset()
