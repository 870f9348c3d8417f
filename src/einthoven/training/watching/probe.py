"""One look at the embeddings of an encoder: how much they tell of labels, and how much of their room they use."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from einthoven.ecg.input_spec import InputSpec
from einthoven.models.encoder import Encoder
from einthoven.models.head_settings import HeadSettings
from einthoven.models.heads import build_head
from einthoven.models.network import Network
from einthoven.models.window_answers import Asked, SignalSource, ask_each
from einthoven.training.selection import macro_auroc
from einthoven.training.watching.probe_scores import linear_scores, neighbour_scores
from einthoven.training.watching.spread import Spread, spread
from einthoven.training.watching.step_table import Cell
from einthoven.training.watching.watched_records import WatchedRecords

__all__ = ["Probe", "Probed"]

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Probed:
    """What a look found.

    Attributes
    ----------
    linear_auroc, neighbour_auroc : float, optional
        Macro averages over the labels, on the validation split; None where nothing is labelled.
    labels, records, width : int
        How many labels, records of both splits and dimensions there were.
    spread : Spread
        Of the embeddings of all these records.
    seconds : float
    """

    linear_auroc: float | None
    neighbour_auroc: float | None
    labels: int
    records: int
    width: int
    spread: Spread
    seconds: float

    def line(self, step: int, *, alarms: Sequence[str]) -> dict[str, Cell]:
        """Return the line of ``probes.csv``."""
        return {
            "step": step,
            "linear_auroc": self.linear_auroc,
            "neighbour_auroc": self.neighbour_auroc,
            "labels": self.labels,
            "records": self.records,
            **asdict(self.spread),
            "width": self.width,
            "alarms": " ".join(alarms),
            "seconds": self.seconds,
        }


class Probe:
    """Asks an encoder for the same records again and again, as prediction would, through one window each.

    The window is the middle one of the test windows. The encoder's mode and all random states stay as they were.

    Parameters
    ----------
    records : WatchedRecords
        At least two.
    store : SignalSource
    spec : InputSpec
    """

    def __init__(self, records: WatchedRecords, store: SignalSource, spec: InputSpec) -> None:
        self.records = records
        self._store = store
        crops = spec.view.test_crops_s
        self._spec = replace(spec, view=replace(spec.view, test_crops_s=(crops[len(crops) // 2],)))

    def look(self, encoder: Encoder) -> Probed:
        """Return what the encoder's embeddings tell."""
        begun = time.monotonic()
        records = self.records
        embeddings = self.embeddings(encoder)
        own, asked = embeddings[: len(records.training)], embeddings[len(records.training) :]
        areas: list[float | None] = [None, None]
        if records.labels:
            scores = (function(own, records.training_target, asked) for function in (linear_scores, neighbour_scores))
            areas = [macro_auroc(one, records.validation_target) for one in scores]
        return Probed(
            linear_auroc=areas[0],
            neighbour_auroc=areas[1],
            labels=len(records.labels),
            records=len(embeddings),
            width=embeddings.shape[1],
            spread=spread(embeddings),
            seconds=time.monotonic() - begun,
        )

    def embeddings(self, encoder: Encoder) -> NDArray[np.float64]:
        """Return the features of all watched records, float64 (record, D), training first."""
        head = build_head(
            HeadSettings(), feature_width=encoder.feature_width, token_width=encoder.token_width, n_labels=0
        )
        network = Network(encoder, head)
        asked = Asked(
            question=lambda signal, _: network.features(signal).double(),
            aggregate=lambda windows: windows.mean(dim=0),
            width=encoder.feature_width,
        )
        device = next(encoder.parameters()).device
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            return ask_each(
                network,
                self._spec,
                self._store,
                self.records.rows,
                asked=asked,
                covariates=None,
                batch_size=_BATCH,
                progress=None,
            )
