"""Several objectives at once: a weighted sum, each with its own terms for the history."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.heads import Head
from einthoven.models.plain_settings import settings_from
from einthoven.registry import resolve
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.objectives.objective import Facts, Objective, Pairing, Terms, Views, weights_of

__all__ = ["Composition", "composition"]


class Composition(nn.Module):
    """The weighted sum of objectives.

    Parameters
    ----------
    objectives : mapping of str to Objective
        In the order of the study file, which is the order in which they are computed.
    weights : mapping of str to float

    Raises
    ------
    SpecificationError
        A weight isn't positive, two objectives ask for different partners, or two bring a head.
    """

    def __init__(self, objectives: Mapping[str, Objective], weights: Mapping[str, float]) -> None:
        super().__init__()
        for name, weight in weights.items():
            if not 0 < weight < math.inf:
                raise SpecificationError(f"the weight of objective {name} must be positive, got {weight}")
        self.objectives = nn.ModuleDict(objectives)
        self._members = dict(objectives)
        self._weights = dict(weights)
        self.pairing = _common_pairing(self._members)
        heads = [name for name, objective in self._members.items() if objective.head is not None]
        if len(heads) > 1:
            raise SpecificationError(f"one objective may learn labels, got {' and '.join(heads)}")
        self._labelled = heads[0] if heads else None

    @property
    def learns_labels_alone(self) -> bool:
        """Whether there is nothing to it but labels."""
        return list(self._members) == [self._labelled]

    @property
    def head(self) -> Head | None:
        """The head of the objective that learns labels."""
        return None if self._labelled is None else self._members[self._labelled].head

    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the weighted sum, and each term as ``<objective>.<term>``."""
        terms: Terms = {}
        for name, objective in self._members.items():
            own: Terms = objective(encoder, views)
            weighted = self._weights[name] * own["loss"]
            terms["loss"] = terms["loss"] + weighted if "loss" in terms else weighted
            terms.update({f"{name}.{term}": value for term, value in own.items()})
        return terms

    def after_step(self, encoder: Encoder, *, progress: float) -> None:
        """Tell each objective that the optimiser has stepped."""
        for objective in self._members.values():
            objective.after_step(encoder, progress=progress)


def composition(objectives: Mapping[str, Mapping[str, Any]], encoder: Encoder, facts: Facts) -> Composition:
    """Return the objectives of a study's table, made for this encoder.

    Raises
    ------
    UnknownNameError
        No such objective, or no such setting; names the nearest.
    SpecificationError
        The encoder or the data don't suit an objective, or the objectives don't suit each other.
    """
    members = {}
    for name, values in objectives.items():
        kind: type[Objective] = resolve("objectives", name, OBJECTIVES)
        own = {key: value for key, value in values.items() if key != "weight"}
        settings = settings_from(kind.settings_type, own, where=f"objective {name}")
        members[name] = kind(settings, encoder, facts)
    return Composition(members, weights_of(objectives))


def _common_pairing(objectives: Mapping[str, Objective]) -> Pairing:
    asked: dict[Pairing, list[str]] = {}
    for name, objective in objectives.items():
        if objective.pairing != "none":
            asked.setdefault(objective.pairing, []).append(name)
    if len(asked) > 1:
        said = ", ".join(f"{' and '.join(names)} by {pairing}" for pairing, names in asked.items())
        raise SpecificationError(f"a sample has one partner, but the objectives pair differently: {said}")
    return next(iter(asked), "none")
