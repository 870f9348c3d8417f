"""What is expected of a model and a study, from which every size and width follows."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.design_effect import design_effect
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution, check_share

__all__ = ["Expectation"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of model and study.

    Attributes
    ----------
    auroc, prevalence : float
    records : int, optional
        Of the study, where that is known.
    risks : RiskDistribution, optional
        By default what the AUROC gives.
    against : float, optional
        AUROC of the other model; ``correlation`` is that of both scores within cases and within controls.
    margin : float
        Of non-inferiority; 0 asks for a difference.
    discordant : (float, float), optional
        Shares of the records that only the first and only the second reader calls right.
    threshold, sensitivity, specificity : float, optional
        Of calling; both shares follow from the threshold where they aren't given.
    records_per_patient, correlation_within_patient : float
    parameters : int, optional
        Of a regression model that is to be developed.
    auroc_width, slope_width, ratio_width, net_benefit_width, share_width : float
        Widths of the intervals to be reached.
    power, level : float
    """

    auroc: float
    prevalence: float
    records: int | None = None
    risks: RiskDistribution | None = None
    against: float | None = None
    correlation: float = 0.5
    margin: float = 0.0
    discordant: tuple[float, float] | None = None
    threshold: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    records_per_patient: float = 1.0
    correlation_within_patient: float = 0.5
    parameters: int | None = None
    auroc_width: float = 0.1
    slope_width: float = 0.2
    ratio_width: float = 0.2
    net_benefit_width: float = 0.2
    share_width: float = 0.1
    power: float = 0.8
    level: float = 0.95

    def __post_init__(self) -> None:
        check_share(self.auroc, "the expected AUROC", lowest=0.5)
        check_share(self.prevalence, "the prevalence")
        check_share(self.level, "the level")
        if (self.sensitivity is None) != (self.specificity is None):
            raise SpecificationError("give both a sensitivity and a specificity, or a threshold of risk")
        if self.records is not None and self.records * min(self.prevalence, 1 - self.prevalence) < 2:
            raise SpecificationError(f"{self.records} records hold fewer than 2 expected cases or controls")

    @property
    def inflation(self) -> float:
        """The design effect of several records per patient."""
        return design_effect(self.records_per_patient, self.correlation_within_patient)

    @property
    def distribution(self) -> RiskDistribution:
        """The risks that are expected."""
        return self.risks or RiskDistribution.from_auroc(self.auroc, self.prevalence)

    @property
    def accuracy(self) -> tuple[float, float] | None:
        """Sensitivity and specificity, None where nothing says which."""
        if self.sensitivity is not None and self.specificity is not None:
            return self.sensitivity, self.specificity
        return None if self.threshold is None else self.distribution.sensitivity_and_specificity(self.threshold)
