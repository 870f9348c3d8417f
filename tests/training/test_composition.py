"""Sums of objectives."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.training.composition import Composition, composition
from fakes.tiny_objectives import CASES, FACTS, made, toy_views


def test_the_loss_is_the_weighted_sum_and_terms_have_names():
    """Each objective's own loss is told without its weight."""
    encoder, first = made("masked_patches")
    _, second = made("supervised")
    views = toy_views()
    terms = Composition({"masked_patches": first, "supervised": second}, {"masked_patches": 2.0, "supervised": 0.5})(
        encoder, views
    )
    expected = 2 * first(encoder, views)["loss"] + 0.5 * second(encoder, views)["loss"]
    assert torch.equal(terms["loss"], expected)
    assert {"masked_patches.loss", "supervised.loss", "supervised.known"} <= set(terms)


def test_a_table_of_a_study_becomes_objectives():
    """The weight isn't a setting of theirs; a head is the composition's."""
    encoder, _ = made("supervised")
    made_here = composition({"supervised": {"weight": 3.0}, "periods": {}}, encoder, FACTS)
    assert made_here.head is not None
    assert not made_here.learns_labels_alone
    assert composition({"supervised": {}}, encoder, FACTS).learns_labels_alone
    assert composition({"periods": CASES["periods"].objective}, encoder, FACTS).head is None


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_weights_are_positive_numbers(weight):
    """Others are refused by name."""
    _, objective = made("periods")
    with pytest.raises(SpecificationError, match="weight of objective periods must be positive"):
        Composition({"periods": objective}, {"periods": weight})


def test_pairings_are_those_that_are_asked_for():
    """None is compatible with any."""
    members = {name: made(name)[1] for name in ("periods", "patient_contrast")}
    weights = dict.fromkeys(members, 1.0)
    assert Composition(members, weights).pairing == "patient"
    assert Composition({"periods": members["periods"]}, {"periods": 1.0}).pairing == "none"
    encoder, other = made("wav2vec2_cmsc")
    with pytest.raises(SpecificationError, match="patient_contrast by patient, wav2vec2_cmsc by segment"):
        Composition({**members, "wav2vec2_cmsc": other}, {**weights, "wav2vec2_cmsc": 1.0})
    with pytest.raises(SpecificationError, match="one objective may learn labels, got a and b"):
        Composition({"a": made("supervised")[1], "b": made("supervised")[1]}, {"a": 1.0, "b": 1.0})
    assert encoder is not None
