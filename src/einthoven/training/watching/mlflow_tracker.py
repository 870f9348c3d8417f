"""Numbers for an MLflow server, or a folder or database that it reads (``watch.mlflow``)."""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from einthoven.errors import TrainingError
from einthoven.training.watching.tracker import Tracker

__all__ = ["MlflowTracker"]

log = logging.getLogger(__name__)

_EXPERIMENT = "einthoven"
_LONGEST = 500  # characters of a parameter that every server takes


class MlflowTracker(Tracker):
    """One MLflow run per pretraining, which a resumed process goes on with.

    MLflow can't take numbers back: steps that are done again after a kill are there twice. A server that can't be
    reached at the start is refused; one that goes away later is told of once, and the training goes on without it.

    Parameters
    ----------
    address : str
        Tracking address, such as ``http://host:5000`` or ``sqlite:///mlflow.db``.
    name : str
        Of the run.
    parameters : mapping
        Settings; nested ones get names such as ``watch.every_steps``.
    """

    def __init__(self, address: str, *, name: str, parameters: Mapping[str, Any]) -> None:
        self._address = address
        self._name = name
        self._parameters = dict(_flat(parameters))
        self._client: Any = None
        self._refusals: tuple[type[Exception], ...] = (OSError,)
        self._run = ""

    @property
    @override
    def state(self) -> str:
        """The id of the run."""
        return self._run

    @override
    def begin(self, *, after: int | None, state: str) -> None:
        """Connect, and open a run or go on with the one of ``state``.

        Raises
        ------
        TrainingError
            MLflow isn't installed, or the address doesn't answer.
        """
        module = _mlflow()
        self._refusals = (OSError, module.exceptions.MlflowException)
        try:
            self._client = module.MlflowClient(tracking_uri=self._address)
            if after is not None and state:
                self._run = state
                self._client.update_run(state, status="RUNNING")
                return
            experiment = self._client.get_experiment_by_name(_EXPERIMENT)
            number = self._client.create_experiment(_EXPERIMENT) if experiment is None else experiment.experiment_id
            self._run = self._client.create_run(number, run_name=self._name).info.run_id
            for name, value in self._parameters.items():
                self._client.log_param(self._run, name, value)
        except self._refusals as error:
            raise TrainingError(
                f"MLflow at {self._address} can't be used ({str(error).splitlines()[0]}): correct watch.mlflow, start "
                "the server, or leave watch.mlflow empty"
            ) from error

    @override
    def send(self, step: int, values: Mapping[str, float]) -> None:
        """Send the numbers of a step."""
        if self._client is None:
            return
        now_ms = int(time.time() * 1000)
        try:
            for name, value in values.items():
                self._client.log_metric(self._run, name, value, timestamp=now_ms, step=step)
        except self._refusals as error:
            self._give_up(error)

    @override
    def end(self, *, finished: bool) -> None:
        """Say whether the run is finished or killed."""
        if self._client is None:
            return
        try:
            self._client.set_terminated(self._run, status="FINISHED" if finished else "KILLED")
        except self._refusals as error:
            self._give_up(error)
        self._client = None

    def _give_up(self, error: Exception) -> None:
        self._client = None
        log.warning(
            "MLflow at %s doesn't answer any more (%s): going on without it; history.csv has all numbers",
            self._address,
            error,
        )


def _mlflow() -> Any:
    try:
        return importlib.import_module("mlflow")
    except ImportError as error:
        raise TrainingError(
            "watch.mlflow needs MLflow, which isn't installed: pip install 'einthoven[tracking]', or leave it empty "
            "(TensorBoard's files are written anyway)"
        ) from error


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = str(value)[:_LONGEST]
    return found
