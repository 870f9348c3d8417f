"""What an arm is trained and measured on: labels, auxiliary labels, and the targets of both splits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from einthoven.training.arm import ArmSettings
from einthoven.training.targets import SplitTargets, auxiliary_tasks, check_classes, split_targets

__all__ = ["TrainingData", "training_data"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Checked targets.

    Attributes
    ----------
    labels, auxiliary : tuple of str
    training : SplitTargets
        Of the labels and, after these, the auxiliary labels.
    validation : SplitTargets
        Of the labels.
    pretrained_on : tuple of str
        Data sets in either split.
    """

    labels: tuple[str, ...]
    auxiliary: tuple[str, ...]
    training: SplitTargets
    validation: SplitTargets
    pretrained_on: tuple[str, ...]

    @property
    def measurable(self) -> bool:
        """Whether each label has both classes in the validation split."""
        rarer = np.minimum(self.validation.positives, self.validation.negatives)
        return bool(self.validation.record_ids) and bool((rarer > 0).all())

    @property
    def hash(self) -> str:
        """SHA-256 over labels, record ids and targets, in their order."""
        digest = hashlib.sha256("\n".join([*self.labels, "", *self.auxiliary]).encode())
        for part in (self.training, self.validation):
            digest.update("\n".join(part.record_ids).encode())
            digest.update(np.ascontiguousarray(part.target).tobytes())
        return digest.hexdigest()


def training_data(arm: ArmSettings, cohort: pa.Table, *, labels: Sequence[str]) -> TrainingData:
    """Return the targets of the splits ``train`` and ``validation``.

    Raises
    ------
    SplitError
        A split is empty, or a label has no positive or no negative in it; the validation split is asked only when the
        arm stops early or chooses its epoch by it.
    CohortError
        A label isn't in the cohort.
    """
    training = split_targets(cohort, "train", tasks=labels)
    check_classes(training, "train", labels=labels)
    validation = split_targets(cohort, "validation", tasks=labels)
    if arm.early_stopping != "none":
        check_classes(validation, "validation", labels=labels)
    auxiliary = auxiliary_tasks(cohort, arm.auxiliary_labels, labels=labels, minimum=arm.auxiliary_minimum_positives)
    return TrainingData(
        labels=tuple(labels),
        auxiliary=auxiliary,
        training=split_targets(cohort, "train", tasks=[*labels, *auxiliary]),
        validation=validation,
        pretrained_on=_sources(cohort),
    )


def _sources(cohort: pa.Table) -> tuple[str, ...]:
    if "source" not in cohort.column_names:
        return ()
    pairs = zip(cohort["source"].to_pylist(), cohort["split"].to_pylist(), strict=True)
    return tuple(sorted({source for source, split in pairs if source and split in ("train", "validation")}))
