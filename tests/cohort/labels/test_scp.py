"""PTB-XL's label sets follow its own table of statements."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.labels.scp import ScpVocabulary, parse_statements
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
