"""From features or tokens to one output per label, and from outputs to scores; one class per task.

What a network is trained on are outputs (logits, log hazard ratios, standardised values); what is reported are scores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.models.blocks.attention_pooling import AttentionPooling
from einthoven.models.blocks.pooling import Pooling
from einthoven.models.head_settings import HEADS, HeadSettings
from einthoven.registry import resolve

__all__ = [
    "BinaryHead",
    "CoxHead",
    "DiscreteSurvivalHead",
    "FeatureHead",
    "Head",
    "MulticlassHead",
    "OrdinalHead",
    "RegressionHead",
    "build_head",
]


def build_head(settings: HeadSettings, *, feature_width: int, token_width: int, n_labels: int) -> Head:
    """Return the head of ``settings.task``; without labels one whose outputs are the features."""
    if n_labels == 0:
        bare = HeadSettings(dropout=0.0)
        return FeatureHead(bare, feature_width=feature_width, token_width=token_width, n_labels=0)
    kind = resolve("heads", settings.task, HEADS)
    head: Head = kind(settings, feature_width=feature_width, token_width=token_width, n_labels=n_labels)
    return head


class Head(nn.Module, ABC):
    """Pooling if asked for, dropout and a linear layer, with one hidden layer in between when asked for.

    Parameters
    ----------
    settings : HeadSettings
    feature_width, token_width : int
    n_labels : int
        Also the number of scores.

    Attributes
    ----------
    takes_tokens : bool
        Whether ``forward`` is given tokens (B, P, D) instead of features.
    score_kind : str
        As evaluation declares it: ``probability``, ``value`` or ``risk``.
    """

    score_kind: ClassVar[str] = "probability"

    def __init__(self, settings: HeadSettings, *, feature_width: int, token_width: int, n_labels: int) -> None:
        super().__init__()
        self.settings = settings
        self.n_labels = n_labels
        self.takes_tokens = settings.pooling != "encoder"
        self.pooling = _pooling(settings, token_width)
        width = feature_width if isinstance(self.pooling, nn.Identity) else self.pooling.out_width
        hidden: list[nn.Module] = []
        if settings.hidden_width:
            hidden = [
                nn.BatchNorm1d(width),
                nn.Dropout(settings.dropout / 2),
                nn.Linear(width, settings.hidden_width),
                nn.ReLU(),
                nn.BatchNorm1d(settings.hidden_width),
            ]
        self.hidden = nn.Sequential(*hidden)
        self.dropout = nn.Dropout(settings.dropout)
        self.linear = self._linear((settings.hidden_width or width) + settings.n_covariates)

    def forward(self, features: Tensor, covariates: Tensor | None = None) -> Tensor:
        """Return outputs, float32 (B, C).

        Parameters
        ----------
        features : float32 (B, D), or tokens (B, P, D) where ``takes_tokens``
        covariates : float32 (B, ``n_covariates``), optional
            Refused where the settings ask for none, and the other way round.
        """
        read = self.dropout(self.hidden(self.pooling(features)))
        if self._needs(covariates):
            assert covariates is not None
            read = torch.cat([read, covariates.to(read.dtype)], dim=1)
        outputs: Tensor = self.linear(read)
        return outputs

    @abstractmethod
    def scores(self, outputs: Tensor) -> Tensor:
        """Return scores, (B, C) of the outputs' type."""

    def _linear(self, width: int) -> nn.Module:
        """Return the last layer, which reads ``width`` numbers."""
        return nn.Linear(width, self.n_labels)

    def _needs(self, covariates: Tensor | None) -> bool:
        """Return whether there are covariates to be read, after a check that those asked for came."""
        wanted = self.settings.n_covariates
        came = 0 if covariates is None else covariates.shape[1]
        if came != wanted:
            named = f" ({', '.join(self.settings.covariates)})" if self.settings.covariates else ""
            raise SpecificationError(f"the head needs {wanted} covariates{named} of each ECG, got {came}")
        return wanted > 0


class BinaryHead(Head):
    """Independent labels: ``score = 1 / (1 + exp(-output))``."""

    def scores(self, outputs: Tensor) -> Tensor:
        """Return probabilities, (B, C)."""
        return outputs.sigmoid()


class MulticlassHead(Head):
    """Exclusive classes: ``score_c = exp(output_c) / sum_k exp(output_k)``; needs at least two."""

    def _linear(self, width: int) -> nn.Module:
        if self.n_labels < 2:
            raise SpecificationError(f"task 'multiclass' needs at least two classes as labels, got {self.n_labels}")
        return super()._linear(width)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return probabilities, (B, C), that sum to 1."""
        return outputs.softmax(dim=1)


class _OrderedCuts(nn.Module):
    """One direction, falling cut-points: ``output_k = w . x + b_k`` with ``b_k = b_1 - sum_(j<k) softplus(gap_j)``."""

    def __init__(self, width: int, n_cuts: int) -> None:
        super().__init__()
        self.direction = nn.Linear(width, 1, bias=False)
        self.first = nn.Parameter(torch.zeros(1))
        # softplus(0.54) = 1: grades start one logit apart
        self.gaps = nn.Parameter(torch.full((n_cuts - 1,), 0.5413)) if n_cuts > 1 else None

    def forward(self, features: Tensor) -> Tensor:
        """Return logits, (B, cut-point), that fall from one cut-point to the next."""
        logits: Tensor = self.direction(features) + self.first
        if self.gaps is None:
            return logits
        return torch.cat([logits, logits - F.softplus(self.gaps).cumsum(0)], dim=1)


class OrdinalHead(Head):
    """Grades with an order: ``P(y >= k) = 1 / (1 + exp(-(w . x + b_k)))``, one score per cut-point.

    The cumulative link model (McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x), as a network's last layer in
    CORAL (Cao, Mirjalili and Raschka 2020, doi:10.1016/j.patrec.2020.11.008): all cut-points share ``w``. CORAL leaves
    the ``b_k`` free, which are in order once training has converged; ours are in order by construction, so that no ECG
    is more probably at grade 3 than at grade 2. Labels must stand in rising order of grade. The loss is the binary
    cross-entropy of each cut-point, ``y >= k``.
    """

    def _linear(self, width: int) -> nn.Module:
        return _OrderedCuts(width, self.n_labels)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return ``P(y >= k)``, (B, C), never rising from one label to the next."""
        return outputs.sigmoid()


class RegressionHead(Head):
    """Quantities: ``score = target_mean + target_scale * output``, or the output itself."""

    score_kind: ClassVar[str] = "value"

    def _linear(self, width: int) -> nn.Module:
        given = len(self.settings.target_mean)
        if given not in (0, self.n_labels):
            raise SpecificationError(
                f"head.target_mean and target_scale need one value for each of {self.n_labels} labels, got {given}"
            )
        return super()._linear(width)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return values, (B, C), in the unit of the targets."""
        if not self.settings.target_mean:
            return outputs
        return outputs.new_tensor(self.settings.target_mean) + outputs * outputs.new_tensor(self.settings.target_scale)


class CoxHead(Head):
    """Events under proportional hazards (Cox 1972; as a network: Katzman et al. 2018, doi:10.1186/s12874-018-0482-1).

    ``hazard(t | x) = hazard_0(t) exp(output)``; a bias would cancel in the partial likelihood, so there is none.
    """

    score_kind: ClassVar[str] = "risk"

    def _linear(self, width: int) -> nn.Module:
        return nn.Linear(width, self.n_labels, bias=False)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return log hazard ratios, (B, C), which are the outputs."""
        return outputs


class DiscreteSurvivalHead(Head):
    """An event in intervals of time (Gensheimer and Narasimhan 2019, doi:10.7717/peerj.6257).

    ``hazard_k = 1 / (1 + exp(-output_k))`` is the probability of the event in interval k for who came so far without,
    and ``score_k = 1 - prod_(j<=k) (1 - hazard_j)`` the risk until the end of interval k. The authors' network puts out
    ``1 - hazard_k`` and reports survival; ours reports risk, so that a higher score means a more probable event, as
    everywhere here.
    """

    def _linear(self, width: int) -> nn.Module:
        if len(self.settings.intervals_days) != self.n_labels:
            raise SpecificationError(
                f"task 'survival_discrete' has one label per interval, got {self.n_labels} labels for intervals that "
                f"end at {list(self.settings.intervals_days)} days"
            )
        return super()._linear(width)

    def scores(self, outputs: Tensor) -> Tensor:
        """Return risks, (B, C), that rise from one label to the next."""
        return -torch.expm1(F.logsigmoid(-outputs).cumsum(dim=1))


class FeatureHead(Head):
    """No head: the outputs are the features, and there are no scores."""

    @override
    def _linear(self, width: int) -> nn.Module:
        return nn.Identity()

    @override
    def scores(self, outputs: Tensor) -> Tensor:
        """Refuse."""
        raise SpecificationError("a network without labels has features, but no scores")


def _pooling(settings: HeadSettings, token_width: int) -> AttentionPooling | Pooling | nn.Identity:
    if settings.pooling == "encoder":
        return nn.Identity()
    if settings.pooling == "attention":
        return AttentionPooling(token_width, settings.attention_heads)
    return Pooling(token_width, settings.pooling)
