"""Which published model a file of weights is, by the names and shapes of its tensors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from einthoven.errors import CheckpointError
from einthoven.models.public.catalogue import public_model, public_model_names
from einthoven.models.public.loading import LoadReport, examine, share_known
from einthoven.models.public.public_model import PublicModel
from einthoven.models.public.weight_file import WeightFile, WholeFile, read_whole, tensors_in

__all__ = ["Resemblance", "recognise"]

LEAST_KNOWN = 0.5
"""Share of a file's names that a model must know to be worth a comparison; a converter of weights may then be run."""


@dataclass(frozen=True, slots=True, eq=False)
class Resemblance:
    """A file beside one published model.

    Attributes
    ----------
    model : PublicModel
    report : LoadReport
    weights : WeightFile
    """

    model: PublicModel
    report: LoadReport
    weights: WeightFile

    @property
    def published(self) -> bool:
        """Whether the file is one that the authors offer, by its SHA-256."""
        return self.model.is_published(self.weights.sha256) is True


def recognise(path: Path) -> list[Resemblance]:
    """Return the published models that a file resembles: those that it fits first, then by the number of faults.

    Raises
    ------
    CheckpointError
        The file can't be read.
    """
    whole = read_whole(path)
    beside = [_beside(public_model(name), whole) for name in public_model_names()]
    found = [one for one in beside if one is not None and one.report.loaded]
    return sorted(found, key=lambda one: (not one.report.complete, not one.published, len(one.report.complaints)))


def _beside(model: PublicModel, whole: WholeFile) -> Resemblance | None:
    """Return the comparison, unless the file has other names, another container or is of another kind."""
    if (model.file_kind == "keras") != (whole.kind == "keras"):  # the other two hold the same names
        return None
    try:
        weights = tensors_in(whole, model.container)
        # Keras counts layers per session: names are put right by the converter alone
        if whole.kind != "keras" and share_known(model, weights.tensors) < LEAST_KNOWN:
            return None
        return Resemblance(model, examine(model, weights), weights)
    except CheckpointError:  # no such container, or values that the model's converter refuses
        return None
