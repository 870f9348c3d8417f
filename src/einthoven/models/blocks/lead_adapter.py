"""Modules that turn a signal's leads into a network's, before anything else looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from einthoven.errors import LeadError

if TYPE_CHECKING:
    from einthoven.models.lead_adaptation import LeadAdaptation

__all__ = ["LeadAdapter", "ProjectedLeads", "RearrangedLeads", "lead_adapter"]


def lead_adapter(adaptation: LeadAdaptation) -> LeadAdapter | None:
    """Return the module of an adaptation, None for ``none``."""
    if adaptation.kind == "none":
        return None
    kind = ProjectedLeads if adaptation.kind == "project" else RearrangedLeads
    return kind(adaptation)


class LeadAdapter(nn.Module):
    """What both kinds have in common: the leads that they take.

    Parameters
    ----------
    adaptation : LeadAdaptation
    """

    def __init__(self, adaptation: LeadAdaptation) -> None:
        super().__init__()
        self.adaptation = adaptation
        self.n_leads = len(adaptation.from_leads)

    def check(self, signal: Tensor) -> None:
        """Refuse a signal of another number of leads.

        Raises
        ------
        LeadError
            Names the leads that are wanted.
        """
        if signal.ndim != 3 or signal.shape[1] != self.n_leads:
            wanted = ", ".join(self.adaptation.from_leads)
            raise LeadError(f"the network takes the {self.n_leads} leads {wanted}, got a signal {tuple(signal.shape)}")


class RearrangedLeads(LeadAdapter):
    """Leads are chosen and put in order; those that the signal lacks are zero."""

    source: Tensor

    def __init__(self, adaptation: LeadAdaptation) -> None:
        super().__init__(adaptation)
        behind = len(adaptation.from_leads)  # row of the zeros that are put behind the signal
        rows = [behind if row is None else row for row in adaptation.sources]
        self.fills = behind in rows
        self.register_buffer("source", torch.tensor(rows, dtype=torch.int64), persistent=False)

    def forward(self, signal: Tensor) -> Tensor:
        """Return (B, network's lead, T) of (B, signal's lead, T), bit for bit what came."""
        self.check(signal)
        if self.fills:
            signal = nn.functional.pad(signal, (0, 0, 0, 1))
        return signal.index_select(1, self.source)


class ProjectedLeads(LeadAdapter):
    """Each lead is a learnt sum of the signal's; starts as ``LeadAdaptation.first_matrix`` says."""

    def __init__(self, adaptation: LeadAdaptation) -> None:
        super().__init__(adaptation)
        matrix = torch.from_numpy(adaptation.first_matrix())
        self.projection = nn.Conv1d(matrix.shape[1], matrix.shape[0], kernel_size=1, bias=False)
        with torch.no_grad():
            self.projection.weight.copy_(matrix.unsqueeze(-1))

    def forward(self, signal: Tensor) -> Tensor:
        """Return (B, network's lead, T) of (B, signal's lead, T)."""
        self.check(signal)
        projected: Tensor = self.projection(signal)
        return projected
