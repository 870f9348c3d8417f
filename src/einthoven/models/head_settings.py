"""What stands behind an encoder; readable without torch, as a study file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.plain_settings import settings_from
from einthoven.registry import names, nearest

__all__ = ["HEADS", "HeadPooling", "HeadSettings"]

HeadPooling = Literal["encoder", "attention", "mean", "mean_max"]

# by task; another package adds one by the entry point group ``einthoven.heads``
HEADS: dict[str, str] = {
    "binary": "einthoven.models.heads:BinaryHead",
    "multiclass": "einthoven.models.heads:MulticlassHead",
    "ordinal": "einthoven.models.heads:OrdinalHead",
    "regression": "einthoven.models.heads:RegressionHead",
    "survival_cox": "einthoven.models.heads:CoxHead",
    "survival_discrete": "einthoven.models.heads:DiscreteSurvivalHead",
}


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Shape of the head and meaning of its outputs.

    There are as many scores of an ECG as labels, whatever the task; what a label is differs:

    ===================== ============================= =======================================================
    task                  a label is                    its score
    ===================== ============================= =======================================================
    ``binary``            a question with yes or no     probability of yes; several may be yes (multi-label)
    ``multiclass``        one of the exclusive classes  probability; they sum to 1
    ``ordinal``           a cut-point, ``grade>=2``     probability that the grade is at least that
    ``regression``        a quantity                    its value, in its own unit
    ``survival_cox``      an event                      log hazard ratio; only differences between ECGs count
    ``survival_discrete`` the end of an interval        risk of the event until then
    ===================== ============================= =======================================================

    Attributes
    ----------
    dropout : float in [0, 1)
        Before the last linear layer; half of it before the hidden one. Covariates are never dropped.
    hidden_width : int
        0 for a linear head.
    task : str
        Key of ``HEADS``.
    pooling : ``encoder``, ``attention``, ``mean`` or ``mean_max``
        How tokens become the vector that the head reads: as the encoder does it, or by the head itself. Weights that an
        encoder has behind its own pooling (a normalisation, say) then have no part in the outputs.
    attention_heads : int
        For ``attention``; divides the width of a token.
    n_covariates : int
        Numbers such as age that are put behind the features, before the last linear layer.
    covariates : tuple of str
        Their names, in order, for messages; may be left out.
    intervals_days : tuple of float
        Ends of the intervals of ``survival_discrete``, one per label, rising.
    target_mean, target_scale : tuple of float
        For ``regression`` on standardised values, one per label: ``score = target_mean + target_scale * output``. Empty
        where the outputs are the values.

    Raises
    ------
    SpecificationError
        A value is out of range, or belongs to another task.
    """

    dropout: float = 0.5
    hidden_width: int = 0
    task: str = "binary"
    pooling: HeadPooling = "encoder"
    attention_heads: int = 4
    n_covariates: int = 0
    covariates: tuple[str, ...] = ()
    intervals_days: tuple[float, ...] = ()
    target_mean: tuple[float, ...] = ()
    target_scale: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.task not in HEADS and self.task not in names("heads", HEADS):
            raise UnknownNameError(f"head.task has no {self.task!r}{nearest(self.task, names('heads', HEADS))}")
        if self.pooling not in get_args(HeadPooling):
            raise UnknownNameError(
                f"head.pooling has no {self.pooling!r}{nearest(self.pooling, get_args(HeadPooling))}"
            )
        if not 0 <= self.dropout < 1:
            raise SpecificationError(f"head.dropout must lie in [0, 1), got {self.dropout}")
        for name, value, least in (
            ("hidden_width", self.hidden_width, 0),
            ("attention_heads", self.attention_heads, 1),
            ("n_covariates", self.n_covariates, 0),
        ):
            if value < least:
                raise SpecificationError(f"head.{name} must be at least {least}, got {value}")
        if self.covariates and len(self.covariates) != self.n_covariates:
            raise SpecificationError(
                f"head.covariates must name all {self.n_covariates} covariates or none, got {list(self.covariates)}"
            )
        self._check_intervals()
        self._check_standardisation()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> HeadSettings:
        """Build settings from parsed JSON; an unknown key is an error that names the nearest one."""
        return settings_from(cls, values, where="head")

    def _check_intervals(self) -> None:
        ends = self.intervals_days
        if (self.task == "survival_discrete") != bool(ends):
            raise SpecificationError(
                "head.intervals_days holds the ends of the intervals of task 'survival_discrete' and of no other task, "
                f"got {list(ends)} for {self.task!r}"
            )
        if any(later <= earlier for earlier, later in pairwise((0.0, *ends))):
            raise SpecificationError(f"head.intervals_days must be positive and rise, got {list(ends)}")

    def _check_standardisation(self) -> None:
        mean, scale = self.target_mean, self.target_scale
        if (mean or scale) and self.task != "regression":
            raise SpecificationError(f"head.target_mean and target_scale belong to 'regression', got {self.task!r}")
        if len(mean) != len(scale) or any(not one > 0 for one in scale):
            raise SpecificationError(
                "head.target_mean and target_scale need one value per label each, scales above 0, got "
                f"{list(mean)} and {list(scale)}"
            )
