"""A published model whose tokens belong to one lead each can be fed some of its leads, without zeros for the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import LeadError
from einthoven.models.public.public_model import Ignored, PublicModel

__all__ = ["with_leads"]


def with_leads(model: PublicModel, leads: Sequence[str]) -> PublicModel:
    """Return the model for ECGs of some of its leads, in any order; its file is the same.

    Parameters
    ----------
    model : PublicModel
        Its setting ``lead_rows`` names a row for each of its leads.
    leads : sequence of str
        The file's tensors of other leads are left out.

    Raises
    ------
    LeadError
        The model's tokens mix leads, or it hasn't got a lead, or one comes twice.

    Examples
    --------
    >>> from einthoven.models.public.catalogue import public_model
    >>> with_leads(public_model("st_mem"), ["I", "V1"]).settings["lead_rows"]
    (0, 6)
    """
    if "lead_rows" not in model.settings:
        raise LeadError(
            f"{model.name} takes all of {', '.join(model.spec.leads)} together: put a LeadAdaptation in front instead"
        )
    rows = dict(zip(model.spec.leads, model.settings["lead_rows"], strict=True))
    if not leads or len(set(leads)) != len(leads) or any(lead not in rows for lead in leads):
        raise LeadError(f"leads of {model.name} must be some of {', '.join(rows)}, each once, got {list(leads)}")
    left_out = [str(row) for lead, row in rows.items() if lead not in leads] if model.key_of_lead else []
    reason = "belongs to a lead that the ECGs haven't got"
    return dataclasses.replace(
        model,
        settings={**model.settings, "lead_rows": tuple(rows[lead] for lead in leads)},
        presets={name: _fed(spec, tuple(leads)) for name, spec in model.presets.items()},
        ignored=(*model.ignored, *(Ignored(model.key_of_lead.format(row=row), reason) for row in left_out)),
    )


def _fed(spec: InputSpec, leads: tuple[str, ...]) -> InputSpec:
    return InputSpec(dataclasses.replace(spec.ingest, leads=leads), dataclasses.replace(spec.view, leads=()))
