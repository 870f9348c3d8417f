"""From a batch of the loader to what objectives see, part by part."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.store.pretraining_batch import PretrainingBatch
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.keyed_mixup import keyed_mixup
from einthoven.training.micro_batches import taken
from einthoven.training.objectives.gathered import gathered
from einthoven.training.objectives.objective import Views
from einthoven.training.training_signal import training_signal

__all__ = ["ViewMaker"]


class ViewMaker(NamedTuple):
    """How windows are disturbed and seen.

    Attributes
    ----------
    augmentation : Augmentation
    spec : InputSpec
    """

    augmentation: Augmentation
    spec: InputSpec

    @torch.no_grad()
    def views(self, batch: PretrainingBatch, *, progress: float) -> Views:
        """Return what is seen of a whole batch, each sample for itself."""
        partner = batch["partner"]
        return Views(
            signal=training_signal(batch["window"], self.augmentation, self.spec),
            partner=None if partner is None else training_signal(partner, self.augmentation, self.spec),
            key=batch["window"]["key"],
            patient=batch["patient"],
            target=batch["window"]["target"],
            vector=batch["vector"],
            progress=progress,
        )

    def parts(self, batch: PretrainingBatch, parts: Sequence[slice], *, progress: float) -> Iterator[Views]:
        """Yield what is seen of each part, made when it is asked for.

        Where samples are mixed, with any of the batch of all processes, the signals of the whole batch are made first.
        """
        if not self.augmentation.mixup:
            for part in parts:
                yield self.views(taken(batch, part), progress=progress)
            return
        whole = _mixed(self.views(batch, progress=progress), alpha=self.augmentation.mixup)
        for part in parts:
            yield _part_of(whole, part)


def _mixed(own: Views, *, alpha: float) -> Views:
    """Return the views of this process, mixed with those of all."""
    signal, target, key = (gathered(values) for values in (own.signal, own.target, own.key))
    mixed = keyed_mixup(signal.rows, target.rows, key.rows, alpha=alpha)
    rows = slice(key.begin, key.begin + len(own.key))
    return dataclasses.replace(own, signal=mixed.signal[rows], target=mixed.target[rows])


def _part_of(views: Views, part: slice) -> Views:
    def some(values: Tensor) -> Tensor:
        return values[part]

    return Views(
        signal=some(views.signal),
        partner=None if views.partner is None else some(views.partner),
        key=some(views.key),
        patient=some(views.patient),
        target=some(views.target),
        vector=None if views.vector is None else some(views.vector),
        progress=views.progress,
    )
