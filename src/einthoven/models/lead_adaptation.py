"""Signals of some leads for a network of others; the settings are readable without torch.

Kinds, and what they are for:

- ``select``: the signal has all leads that the network was built for, and others; those are left out.
- ``zero_fill``: the network has more leads than the signal; they are zero, as when a lead wasn't recorded.
- ``project``: a learnt matrix makes the network's leads of the signal's (a convolution of width 1 without bias). It
  starts as what is known of the leads: a lead in common is itself; a limb lead follows from any two others by
  Einthoven's law and Goldberger's definition; a chest lead starts as the mean of the chest leads that there are; what
  is left (a limb lead beside fewer than two others, a chest lead without any) starts at zero.

A network can also be rebuilt for another number of leads: ``first_layer_from_mean`` starts its first layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.leads import LIMB_LEADS, canonical_leads, derive_limb_leads
from einthoven.errors import CheckpointError, LeadError, UnknownNameError
from einthoven.models.plain_settings import settings_from
from einthoven.registry import nearest

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LeadAdaptation", "first_layer_from_mean"]

Kind = Literal["none", "select", "zero_fill", "project"]


@dataclass(frozen=True, slots=True)
class LeadAdaptation:
    """How a signal's leads become a network's.

    Attributes
    ----------
    kind : ``none``, ``select``, ``zero_fill`` or ``project``
    from_leads, to_leads : tuple of str
        Of the signal and of the network, in order; empty for ``none``.

    Raises
    ------
    LeadError
        A lead is unknown or doubled; ``select`` lacks one, or ``zero_fill`` would drop one.

    Examples
    --------
    >>> LeadAdaptation("zero_fill", ("V1", "I"), ("I", "II", "V1")).sources
    (1, None, 0)
    """

    kind: Kind = "none"
    from_leads: tuple[str, ...] = ()
    to_leads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise UnknownNameError(f"adaptation.kind has no {self.kind!r}{nearest(self.kind, get_args(Kind))}")
        for name in ("from_leads", "to_leads"):
            leads = canonical_leads(getattr(self, name), where=f"adaptation.{name}")
            object.__setattr__(self, name, leads)
            if bool(leads) != (self.kind != "none"):
                raise LeadError(
                    f"adaptation.{name} must be empty for kind 'none' alone, got {self.kind!r} with {leads}"
                )
        lacking = [lead for lead in self.to_leads if lead not in self.from_leads]
        if self.kind == "select" and lacking:
            raise LeadError(
                f"adaptation 'select' needs all leads of the network, but the signal lacks {', '.join(lacking)}: use "
                "'zero_fill' or 'project'"
            )
        left_out = [lead for lead in self.from_leads if lead not in self.to_leads]
        if self.kind == "zero_fill" and left_out:
            raise LeadError(
                f"adaptation 'zero_fill' has no place for {', '.join(left_out)}: leave these leads out of "
                "input.view.leads, or use 'project'"
            )

    @property
    def sources(self) -> tuple[int | None, ...]:
        """Row of the signal for each of the network's leads; None for one that the signal lacks."""
        rows = {lead: row for row, lead in enumerate(self.from_leads)}
        return tuple(rows.get(lead) for lead in self.to_leads)

    def first_matrix(self) -> NDArray[np.float32]:
        """Return what ``project`` starts with, float32 (network's lead, signal's lead)."""
        signal = np.eye(len(self.from_leads), dtype=np.float32)
        n_limb = sum(lead in LIMB_LEADS for lead in self.from_leads)
        rows = dict(zip(self.from_leads, signal, strict=True))
        if n_limb >= 2:
            complete = derive_limb_leads(signal, self.from_leads)
            rows = dict(zip(complete.leads, complete.signal, strict=True)) | rows
        chest = [row for lead, row in rows.items() if lead not in LIMB_LEADS]
        mean = np.mean(chest, axis=0) if chest else np.zeros(len(self.from_leads))
        rest = {lead: np.zeros_like(mean) if lead in LIMB_LEADS else mean for lead in self.to_leads}
        return np.stack([rows.get(lead, rest[lead]) for lead in self.to_leads]).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LeadAdaptation:
        """Inverse of ``to_dict``; an unknown key is an error that names the nearest one."""
        return settings_from(cls, values, where="adaptation")


def first_layer_from_mean(state: Mapping[str, Tensor], key: str, n_leads: int) -> dict[str, Tensor]:
    """Return a state whose first convolution takes ``n_leads`` leads: each gets the mean of its kernels over the leads.

    The mean is multiplied by old / new number of leads: leads that are all alike give the outputs that they gave.

    Parameters
    ----------
    state : mapping of str to Tensor
        Is left as it is.
    key : str
        The weight of a convolution without groups, (D, L, sample), for example ``encoder.blocks.stem.0.0.weight``.
    n_leads : int

    Raises
    ------
    CheckpointError
        There is no such weight, or it is no convolution's.
    """
    if key not in state:
        raise CheckpointError(f"the state has no weight {key!r}{nearest(key, state)}")
    weight = state[key]
    if weight.ndim != 3:
        raise CheckpointError(f"{key} must be a convolution's weight (out, lead, sample), got {tuple(weight.shape)}")
    if n_leads < 1:
        raise LeadError(f"a network needs at least one lead, got {n_leads}")
    mean = weight.mean(dim=1, keepdim=True) * (weight.shape[1] / n_leads)
    return {**state, key: mean.expand(-1, n_leads, -1).contiguous()}
