"""How one arm of a study is trained; defaults suit some hundred to some thousand ECGs of 10 s on a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from einthoven.errors import SpecificationError
from einthoven.models.head_settings import HeadSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.loss_settings import LossSettings

__all__ = ["ArmSettings", "EarlyStoppingMetric", "PositiveWeights", "Precision"]

EarlyStoppingMetric = Literal["auroc", "loss", "none"]
PositiveWeights = Literal["none", "balanced"]
Pairs = Literal["all", "baseline", "followup"]
Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True, slots=True)
class ArmSettings:
    """Network, optimiser, augmentation and when to stop.

    Attributes
    ----------
    architecture : str
        Key of ``einthoven.models.architectures.ARCHITECTURES``.
    settings : mapping
        Of the architecture; what is left out has its default.
    start : str
        ``from`` in a study file. A pretraining of the study, the folder of a checkpoint or the name of a published
        model whose encoder training starts from; empty for random weights. Architecture and settings are its own.
    weights : str
        File of the published model.
    head : HeadSettings
        What stands behind the architecture.
    leads : tuple of str
        Subset of the stored leads; empty for those of the input spec.
    pairs : ``all``, ``baseline`` or ``followup``
        Which of the cohort's pairs of ECG and report are learnt from and early stopping is judged on.
    n_labels : int
        Learn from so many labelled ECGs of the training split, drawn by patient; 0 for all. Draws of one seed are
        nested: the smaller is part of the larger.
    n_validation_labels : int
        The same of the validation split, which early stopping is judged on; 0 for all.
    epochs, batch_size : int
    max_learning_rate : float
        Peak of the one-cycle schedule (Smith and Topin 2018, arXiv:1708.07120) of AdamW.
    warm_up : float in (0, 1)
        Share of the steps until the peak.
    weight_decay : float
        On matrices and kernels; biases and normalisations have none.
    gradient_clip : float
        Largest norm of the gradient; 0 for no limit.
    ema_decay : float in [0, 1)
        Weights are averaged over about ``1 / (1 - ema_decay)`` steps, and the averages are what is kept; 0 for none.
    positive_weights : ``none`` or ``balanced``
        ``balanced`` weights positives by negatives / positives of the training split. Scores are then no probabilities.
    label_smoothing : float
    loss : LossSettings
    auxiliary_labels : tuple of str
        Tasks of the cohort, or patterns such as ``scp.*``, that are trained along and cut off afterwards.
    auxiliary_weight : float
    auxiliary_minimum_positives : int
        An auxiliary label with fewer positives (or negatives) in the training split is left out.
    augmentation : Augmentation
    early_stopping : ``auroc``, ``loss`` or ``none``
        Measured on the validation split after each epoch; the best epoch's weights are kept. ``none`` keeps the last.
    patience : int
        Epochs without a better value until training stops; 0 trains all epochs.
    precision : ``auto``, ``fp32`` or ``bf16``
        ``auto`` is bf16 mixed precision on a GPU that has it and fp32 elsewhere.
    seeds : tuple of int
        One training each; a study averages their scores.
    """

    architecture: str = "se_resnext1d"
    settings: Mapping[str, Any] = field(default_factory=dict)
    start: str = field(default="", metadata={"key": "from"})
    weights: str = ""
    head: HeadSettings = field(default_factory=HeadSettings)
    leads: tuple[str, ...] = ()
    pairs: Pairs = "all"
    n_labels: int = 0
    n_validation_labels: int = 0
    epochs: int = 30
    batch_size: int = 16
    max_learning_rate: float = 5e-3
    warm_up: float = 0.25
    weight_decay: float = 0.05
    gradient_clip: float = 0.0
    ema_decay: float = 0.99
    positive_weights: PositiveWeights = "none"
    label_smoothing: float = 0.0
    loss: LossSettings = field(default_factory=LossSettings)
    auxiliary_labels: tuple[str, ...] = ()
    auxiliary_weight: float = 1.0
    auxiliary_minimum_positives: int = 10
    augmentation: Augmentation = field(default_factory=Augmentation)
    early_stopping: EarlyStoppingMetric = "auroc"
    patience: int = 0
    precision: Precision = "auto"
    seeds: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1 or self.patience < 0 or not self.max_learning_rate > 0:
            raise SpecificationError(
                "epochs and batch_size start at 1, patience at 0, and max_learning_rate is positive, got "
                f"{self.epochs}, {self.batch_size}, {self.patience} and {self.max_learning_rate}"
            )
        if self.n_labels < 0 or self.n_validation_labels < 0:
            raise SpecificationError(
                "n_labels and n_validation_labels start at 0, which is all, got "
                f"{self.n_labels} and {self.n_validation_labels}"
            )
        if self.head.task != "binary" or self.head.n_covariates:
            raise SpecificationError(
                "an arm learns yes and no from signals alone: head.task must be 'binary' without covariates, got "
                f"{self.head.task!r} with {self.head.n_covariates}"
            )
        shares = {"ema_decay": self.ema_decay, "label_smoothing": self.label_smoothing, "warm_up": self.warm_up}
        for name, share in shares.items():
            if not 0 <= share < 1:
                raise SpecificationError(f"{name} must lie in [0, 1), got {share}")
        for name, value, accepted in (
            ("early_stopping", self.early_stopping, get_args(EarlyStoppingMetric)),
            ("positive_weights", self.positive_weights, get_args(PositiveWeights)),
            ("precision", self.precision, get_args(Precision)),
            ("pairs", self.pairs, get_args(Pairs)),
        ):
            if value not in accepted:
                raise SpecificationError(f"{name} must be one of {', '.join(accepted)}, got {value!r}")
