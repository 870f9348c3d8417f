"""How a foundation model is pretrained, as a study file says it; free of torch, as reading a study has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from einthoven.errors import SpecificationError
from einthoven.training.arm import Precision
from einthoven.training.augmentation_settings import Augmentation

__all__ = ["PretrainSettings", "VectorSettings", "WatchSettings"]

Order = Literal["auto", "random", "blocks"]
Parallel = Literal["ddp", "fsdp"]


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What is looked at while a pretraining runs.

    Attributes
    ----------
    every_steps : int
        Between two probes of the embeddings; 0 for about fifty in all.
    log_every_steps : int
        Between two lines of the history (loss terms, gradient, speed).
    tasks : tuple of str
        Labels of the cohort that linear probe and nearest neighbours are asked for; empty for those of the study.
    most_records : int
        Of the training split and of the validation split each, that the probes use.
    mlflow : str
        Tracking address of MLflow; empty for none.
    machine_watt : float
        Power of the machine, for an estimate of the energy beside what can be measured; 0 for none.
    """

    every_steps: int = 0
    log_every_steps: int = 10
    tasks: tuple[str, ...] = ()
    most_records: int = 1000
    mlflow: str = ""
    machine_watt: float = 0.0

    def __post_init__(self) -> None:
        if self.every_steps < 0 or self.log_every_steps < 1 or self.most_records < 10 or self.machine_watt < 0:
            raise SpecificationError(
                "watch.every_steps and machine_watt start at 0, log_every_steps at 1 and most_records at 10, got "
                f"{self.every_steps}, {self.machine_watt}, {self.log_every_steps} and {self.most_records}"
            )


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """Where the other modality's vectors come from, for objectives that compare ECGs with them.

    Attributes
    ----------
    path : str
        Parquet file; empty for none.
    key : str
        Column with ``record_id`` or ``patient_id`` values of the cohort; its name says which.
    column : str
        Fixed-size lists of numbers, or texts for an encoder.
    text_encoder : str
        Name in ``TEXT_ENCODERS`` (or an entry point ``einthoven.text_encoders``) where the column holds texts.
    """

    path: str = ""
    key: str = "record_id"
    column: str = "vector"
    text_encoder: str = ""

    def __post_init__(self) -> None:
        if self.key not in ("record_id", "patient_id"):
            raise SpecificationError(f"vectors.key must be record_id or patient_id, got {self.key!r}")


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """Section ``[pretrain.NAME]``: network, objectives, data, optimiser.

    Attributes
    ----------
    objectives : mapping
        Name in ``OBJECTIVES`` -> its settings and ``weight`` (1); the loss is the weighted sum.
    architecture : str
    settings : mapping
        Of the architecture.
    leads : tuple of str
        Subset of the stored leads; empty for those of the input.
    data : tuple of str
        Names of ``[data.NAME]``; empty for all that develop.
    splits : tuple of str
        Of the cohort; patients of other splits are never seen.
    labels : tuple of str
        Tasks of the cohort, or patterns such as ``scp.*``, for objectives that learn labels.
    minimum_positives : int
        A label with fewer positives or negatives is left out, and named.
    vectors : VectorSettings
    epochs : int
    steps : int
        Of the optimiser; where given, it takes the place of ``epochs``.
    batch_size : int
        Windows per step over *all* processes; the last, smaller batch of an epoch is left out.
    micro_batch_size : int
        Windows that go through the network at once in a process; 0 for all of its share. A step adds the gradients of
        its micro-batches up. Contrasts see the negatives of one micro-batch (of all processes).
    order : ``auto``, ``random`` or ``blocks``
        ``blocks`` reads stretches of the store in sequence and shuffles among many of them, for what memory doesn't
        hold; ``auto`` does so where the chosen signals are larger than half of the memory.
    max_learning_rate : float
        Reached after ``warm_up`` of the steps, then it falls along a cosine to ``min_learning_rate``.
    min_learning_rate : float
    warm_up : float in [0, 1)
    betas : two floats
        Of AdamW.
    weight_decay : float
        On matrices and kernels; biases, normalisations and positions have none.
    gradient_clip : float
        Largest norm of the gradient; 0 for no limit.
    ema_decay : float in [0, 1)
        Weights are averaged over about ``1 / (1 - ema_decay)`` steps, and the averages are what is kept; 0 for none.
    augmentation : Augmentation
    precision : ``auto``, ``fp32`` or ``bf16``
    compile : bool
        With ``torch.compile``.
    parallel : ``ddp`` or ``fsdp``
        Among the processes of ``torchrun``.
    save_every_minutes : float
    watch : WatchSettings
    seeds : tuple of int
    """

    objectives: Mapping[str, Mapping[str, Any]]
    architecture: str = "vit1d"
    settings: Mapping[str, Any] = field(default_factory=dict)
    leads: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    splits: tuple[str, ...] = ("train",)
    labels: tuple[str, ...] = ()
    minimum_positives: int = 10
    vectors: VectorSettings = field(default_factory=VectorSettings)
    epochs: int = 50
    steps: int = 0
    batch_size: int = 64
    micro_batch_size: int = 0
    order: Order = "auto"
    max_learning_rate: float = 1e-3
    min_learning_rate: float = 0.0
    warm_up: float = 0.05
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.05
    gradient_clip: float = 1.0
    ema_decay: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation.off)
    precision: Precision = "auto"
    compile: bool = False
    parallel: Parallel = "ddp"
    save_every_minutes: float = 10.0
    watch: WatchSettings = field(default_factory=WatchSettings)
    seeds: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        if not self.objectives:
            raise SpecificationError(
                "a pretraining needs objectives, each a section such as [pretrain.NAME.objectives.cpc]"
            )
        sizes = {"epochs": self.epochs, "batch_size": self.batch_size, "minimum_positives": self.minimum_positives}
        for name, size in sizes.items():
            if size < 1:
                raise SpecificationError(f"{name} starts at 1, got {size}")
        if self.steps < 0:
            raise SpecificationError(f"steps starts at 0, got {self.steps}")
        if not 0 <= self.micro_batch_size <= self.batch_size:
            raise SpecificationError(
                f"micro_batch_size lies between 0 and batch_size ({self.batch_size}), got {self.micro_batch_size}"
            )
        self._check_optimiser()
        for name, value, accepted in (
            ("order", self.order, get_args(Order)),
            ("parallel", self.parallel, get_args(Parallel)),
            ("precision", self.precision, get_args(Precision)),
        ):
            if value not in accepted:
                raise SpecificationError(f"{name} must be one of {', '.join(accepted)}, got {value!r}")

    def _check_optimiser(self) -> None:
        if not 0 <= self.min_learning_rate <= self.max_learning_rate or not self.max_learning_rate > 0:
            raise SpecificationError(
                "learning rates are positive and min_learning_rate is the smaller one, got "
                f"{self.min_learning_rate} and {self.max_learning_rate}"
            )
        for name, share in (("warm_up", self.warm_up), ("ema_decay", self.ema_decay)):
            if not 0 <= share < 1:
                raise SpecificationError(f"{name} must lie in [0, 1), got {share}")
        if self.save_every_minutes <= 0 or self.gradient_clip < 0 or self.weight_decay < 0:
            raise SpecificationError(
                "save_every_minutes is positive, gradient_clip and weight_decay aren't negative, got "
                f"{self.save_every_minutes}, {self.gradient_clip} and {self.weight_decay}"
            )
