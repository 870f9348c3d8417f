"""Reports that say the same are near, and nothing depends on their order."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.training.text_encoders.hashed_ngrams import HashedNgrams

RHYTHMS = ["sinus rhythm", "sinus bradycardia", "atrial fibrillation", "atrial flutter", "paced rhythm"]
SHAPES = ["left bundle branch block", "right bundle branch block", "inferior infarction", "normal ECG"]
TEXTS = [f"{rhythm}, {shape}" for rhythm in RHYTHMS for shape in SHAPES]


def test_vectors_have_length_one_and_the_width_asked_for():
    """Fewer texts than dimensions give fewer dimensions."""
    vectors = HashedNgrams("8").encode(TEXTS)
    assert vectors.shape == (20, 8)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert HashedNgrams().encode(TEXTS[:3]).shape == (3, 3)
    assert HashedNgrams().encode(["sinus rhythm"]).tolist() == [[1.0]]


def test_texts_that_share_words_are_nearer_than_texts_that_do_not():
    """The same finding in another rhythm is nearer than another finding in another rhythm."""
    vectors = HashedNgrams().encode([*TEXTS, "atrial fibrilation, left bundel branch block"])
    likeness = vectors @ vectors.T
    same, other = TEXTS.index("paced rhythm, inferior infarction"), TEXTS.index("sinus bradycardia, normal ECG")
    assert likeness[TEXTS.index("sinus rhythm, inferior infarction"), same] > 0.4
    assert likeness[TEXTS.index("sinus rhythm, inferior infarction"), other] < 0.3
    assert likeness[-1, :-1].argmax() == TEXTS.index("atrial fibrillation, left bundle branch block")


def test_it_is_the_same_each_time_and_in_any_order():
    """Neither the order of records nor doubled reports move a vector."""
    vectors = HashedNgrams("6").encode(TEXTS)
    order = np.random.default_rng(0).permutation(len(TEXTS))
    again = HashedNgrams("6").encode([TEXTS[i] for i in order] + TEXTS[:4])
    np.testing.assert_array_equal(again[: len(TEXTS)], vectors[order])
    np.testing.assert_array_equal(again[len(TEXTS) :], vectors[:4])


@pytest.mark.parametrize("argument", ["0", "-3", "wide"])
def test_a_width_that_is_none_is_refused(argument):
    """Said with an example."""
    with pytest.raises(SpecificationError, match="such as hashed_ngrams:64, got"):
        HashedNgrams(argument)
