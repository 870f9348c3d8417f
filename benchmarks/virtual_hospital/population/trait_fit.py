"""A person's traits from a beat: the most probable ones, given the beat and what people's traits are like.

Least squares of ``[(simulated - real) / noise, L^-1 (z - mean)]``, where ``L L' = covariance`` of the prior: the
maximum a posteriori for normal errors and a normal prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from aligned_beats import RealBeat
from heart_population import VENTRICULAR, Normal, Population
from numpy.typing import NDArray
from scipy.optimize import least_squares
from simulated_beats import simulated_qrst

__all__ = ["Fit", "fitted", "most_probable"]

Array = NDArray[np.float64]

NOISE_MV = 0.045
"""What a model of so few traits leaves of a beat, root mean square."""

STEP = 4e-3  # of the numeric Jacobian: wide enough to average over the steps of nodes that take over from each other
N_STEPS = 12  # twice as many let the error fall by 1 to 3 %
WIDER, MORE_VARIANCE = 1.5, 0.15
"""Of the prior in disease: the population is that of normal ECGs, and what differs is what is to be found."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Traits of one person, float64 (trait,), and how far the beat is from the real one, root mean square in mV."""

    traits: Array
    error_mv: float


def fitted(beat: RealBeat, population: Population) -> Fit:
    """Return the most probable ventricular traits of the person whose beat it is; the others are as expected."""
    expected = population.expected(age_years=beat.state.age_years, sex=beat.state.sex)
    covariance = population.total_covariance[np.ix_(VENTRICULAR, VENTRICULAR)]
    if not beat.normal:
        covariance = WIDER * (covariance + MORE_VARIANCE * np.eye(VENTRICULAR.size))

    def whole(ventricular: Array) -> Array:
        traits = expected.copy()
        traits[VENTRICULAR] = ventricular
        return traits

    def error_mv(ventricular: Array) -> Array:
        return (simulated_qrst(whole(ventricular), beat.state, rr_ms=beat.rr_ms) - beat.qrst).ravel()

    found = most_probable(
        lambda ventricular: error_mv(ventricular) / NOISE_MV,
        Normal(expected[VENTRICULAR], covariance),
        n_steps=N_STEPS,
    )
    return Fit(whole(found), float(np.sqrt(np.mean(error_mv(found) ** 2))))


def most_probable(residual: Callable[[Array], Array], prior: Normal, *, n_steps: int) -> Array:
    """Return float64 (trait,): where the squares of residuals and of distances from the prior have the least sum.

    Parameters
    ----------
    residual : callable
        float64 (trait,) to float64 (any,), in standard deviations.
    prior : Normal
        Its mean is where the search begins.
    n_steps : int
        Trials of the search, at most; nearly each has a Jacobian of its own.
    """
    factor = np.linalg.cholesky(prior.covariance)

    def all_residuals(away: Array) -> Array:
        return np.concatenate([residual(prior.mean + factor @ away), away])

    def jacobian(away: Array) -> Array:
        traits = prior.mean + factor @ away
        here = residual(traits)
        columns = [(residual(traits + step) - here) / STEP for step in STEP * np.eye(away.size)]
        return np.concatenate([np.stack(columns, axis=1) @ factor, np.eye(away.size)])

    # Levenberg and Marquardt's, which doesn't take a start at zero for a sign of small steps
    found: Array = least_squares(
        all_residuals, np.zeros(prior.mean.size), jac=jacobian, method="lm", max_nfev=n_steps
    ).x
    return prior.mean + factor @ found
