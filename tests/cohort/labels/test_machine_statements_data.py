"""The data files of the reader of machine statements are consistent."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from einthoven.cohort.labels.label_sets import LABEL_SETS
from einthoven.cohort.labels.machine_statements import read_statements
from einthoven.cohort.labels.statement_phrases import Trie, expand, phrase_rows
from einthoven.cohort.labels.statement_text import grammar, in_one_spelling, words_of
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError

WORDS = resources.files("einthoven.cohort.labels").joinpath("statement_words.csv")


def test_every_phrase_names_known_concepts() -> None:
    for row in phrase_rows():
        words = row.meaning.split()
        for concept in words if not row.meaning.startswith("@") else words[1:]:
            name = concept.lstrip("?+-")
            assert name == "couplet" or vocabulary().check(name), row


def test_every_phrase_belongs_to_a_family() -> None:
    assert {row.family for row in phrase_rows()} == {"any", "muse", "glasgow", "philips"}


def test_no_two_rows_give_one_phrase_two_findings() -> None:
    meanings: dict[tuple[str, ...], set[str]] = {}
    for row in phrase_rows():
        if not row.meaning.startswith("@"):
            for words in expand(row.phrase):
                meanings.setdefault(in_one_spelling(words), set()).add(row.meaning)
    assert {words: found for words, found in meanings.items() if len(found) > 1} == {}


def test_a_phrase_is_brought_to_the_spelling_that_texts_are_brought_to() -> None:
    spelt = in_one_spelling(("non", "specific", "st", "and", "t", "wave", "abnormalities"))
    assert spelt == tuple(word.text for word in words_of("Non-specific ST and T wave abnormalities"))


def test_the_grammar_speaks_of_known_concepts() -> None:
    rules = grammar()
    names = {*rules["localised"], *rules["dependents_of_alternatives"]}
    names |= {concept for rule in rules["together"] for concept in (*rule["first"], rule["becomes"])}
    names |= {concept for head in rules["heads"].values() for concept in head.values()}
    for name in names:
        vocabulary().check(name)


@pytest.mark.parametrize("pattern", ["left (axis", "left axis)", "[left"])
def test_a_pattern_with_a_lone_bracket_is_refused(pattern: str) -> None:
    with pytest.raises(CohortError, match="bracket"):
        list(expand(pattern))


def test_the_longest_sequence_wins() -> None:
    trie: Trie[int] = Trie()
    trie.add(("sinus",), 1)
    trie.add(("sinus", "node", "disease"), 2)
    assert trie.longest(["sinus", "node", "disease"], 0) == (2, 3)
    assert trie.longest(["sinus", "node"], 0) == (1, 1)
    assert trie.longest(["node"], 0) == (None, 0)


def test_no_two_spellings_of_one_row_of_words_mean_different_things() -> None:
    rows = list(csv.DictReader(WORDS.read_text(encoding="utf-8").splitlines()))
    singles = {row["word"]: row["means"] for row in rows if " " not in row["word"]}
    meanings: dict[str, set[str]] = {}
    for row in rows:
        written = row["word"]
        spelt = written if " " not in written else " ".join(singles.get(word, word) for word in written.split())
        meanings.setdefault(spelt, set()).add(row["means"])
    assert {spelt: found for spelt, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "label", [one for one in LABEL_SETS["ecgfounder150"] if one.concepts], ids=lambda label: label.name
)
def test_the_labels_of_another_vocabulary_are_read_as_their_findings(label):
    """They are statements of the same machines; half a sentence such as "or digitalis effect" is a doubt."""
    found = read_statements([label.words])
    assert any(found.get(concept) in ("present", "uncertain") for concept in label.concepts)
