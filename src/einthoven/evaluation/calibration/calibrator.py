"""A fitted calibrator with its origin; it refuses to be applied to the scores that it was fitted on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, LeakageError, SpecificationError, UnknownNameError
from einthoven.evaluation.calibration import CALIBRATORS
from einthoven.evaluation.calibration.method import Method, Parameters
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.registry import nearest, resolve

__all__ = ["Calibrator", "fit_calibrator"]

TYPE, VERSION = "calibrator", 1


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A way from scores to probabilities, with its origin.

    Attributes
    ----------
    name : str
        In ``CALIBRATORS``.
    parameters : mapping of str to tuple of float
    label : str
    split, predictions_hash : str
        What it was fitted on; it refuses to be applied there.
    score_kind : str
        Kind of the scores that it takes.
    model, seed
        Whose scores it is for.
    n, events : int
        Records that it was fitted on, and positives among them.

    Examples
    --------
    >>> calibrator = Calibrator("temperature", {"temperature": (2.0,)}, "AF", "validation", "abc")
    >>> calibrator.apply([0.1, 0.5, 0.9], split="test", predictions_hash="abc")
    array([0.25, 0.5 , 0.75])
    """

    name: str
    parameters: Parameters
    label: str
    split: str
    predictions_hash: str
    score_kind: str = "probability"
    model: str = ""
    seed: int = -1
    n: int = 0
    events: int = 0

    def apply(self, score: ArrayLike, *, split: str, predictions_hash: str) -> NDArray[np.float64]:
        """Return probabilities, float64 (record,), of scores of another split or of other predictions.

        Raises
        ------
        LeakageError
            The calibrator was fitted on these very scores, where it would look better than it is.
        InvalidScoreError
            A score is NaN, infinite, or outside its kind.
        """
        values = self.checked(score, split=split, predictions_hash=predictions_hash)
        return _method(self.name).transform(values, self.score_kind, self.parameters)

    def checked(self, score: ArrayLike, *, split: str, predictions_hash: str) -> NDArray[np.float64]:
        """Return the scores if they are not those that it was fitted on; errors as ``apply``."""
        if split == self.split and predictions_hash == self.predictions_hash:
            raise LeakageError(
                f"the calibrator {self.name!r} of label {self.label!r} was fitted on split {split!r} of these "
                "predictions; apply it to another split, for example 'test'"
            )
        values = np.asarray(score, dtype=np.float64)
        if not np.isfinite(values).all():
            first = int(np.flatnonzero(~np.isfinite(values))[0])
            raise InvalidScoreError(f"scores must be finite numbers, got {values[first]} at position {first}")
        return values

    def to_json(self) -> str:
        """Return the calibrator as JSON; ``from_json`` gives it back to the last digit."""
        return json.dumps({"type": TYPE, "version": VERSION} | self.to_dict(), allow_nan=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"parameters": {name: list(numbers) for name, numbers in self.parameters.items()}}

    @classmethod
    def from_json(cls, text: str) -> Calibrator:
        """Return the calibrator that ``to_json`` wrote.

        Raises
        ------
        SpecificationError
            It is no calibrator, of a newer version, or lacks a field.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise SpecificationError(f"a calibrator is written in JSON: {error}") from error
        if not isinstance(content, dict) or content.pop("type", None) != TYPE:
            raise SpecificationError(f"this JSON is no calibrator; its 'type' must be {TYPE!r}")
        version = content.pop("version", None)
        if version != VERSION:
            raise SpecificationError(f"a calibrator's version must be {VERSION}, got {version!r}: update einthoven")
        _method(content.get("name", ""))
        try:
            parameters = {name: tuple(map(float, numbers)) for name, numbers in content.pop("parameters").items()}
            return cls(parameters=parameters, **content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SpecificationError(f"a calibrator with missing, unknown or wrong fields: {error}") from error


def fit_calibrator(
    name: str,
    score: ArrayLike,
    truth: ArrayLike,
    *,
    split: str,
    predictions_hash: str,
    label: str = "",
    score_kind: str = "probability",
    model: str = "",
    seed: int = -1,
    weights: ArrayLike | None = None,
) -> Calibrator:
    """Return the calibrator fitted on these scores; patients with several records count as often.

    Parameters
    ----------
    name : str
        In ``CALIBRATORS``.
    score : float64 (record,)
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    split, predictions_hash, label, model, seed
        Kept with the parameters.
    score_kind : {"probability", "logit", "value", "risk"}
        What it turns into probabilities; values and risks, which are none, only by some.
    weights : (record,), optional
        How much each record counts.

    Raises
    ------
    UnknownNameError
        There is no such calibrator.
    InvalidScoreError
        It does not take this kind of score, or a score is outside its kind.
    StatisticsError
        The scores fall as the outcome gets likelier, or separate the classes where that has no best fit.

    Examples
    --------
    >>> calibrator = fit_calibrator(
    ...     "intercept", [0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], split="validation", predictions_hash="abc")
    >>> calibrator.apply([0.25], split="test", predictions_hash="abc").round(2)
    array([0.53])
    """
    method = _method(name)
    if score_kind not in method.kinds:
        kinds = " or ".join(method.kinds)
        raise InvalidScoreError(f"calibrator {name!r} takes scores of kind {kinds}, got {score_kind!r}")
    data = binary_outcome(score, truth, weights=weights)
    parameters = method.fit(data, score_kind)
    return Calibrator(
        name, parameters, label, split, predictions_hash, score_kind, model, seed, n=data.n, events=data.events
    )


def _method(name: str) -> Method:
    if name not in CALIBRATORS:
        raise UnknownNameError(f"there is no calibrator {name!r}{nearest(name, CALIBRATORS)}")
    method: Method = resolve("calibrators", name, CALIBRATORS)
    return method
