"""Rhythm between beats and shape within a beat, as two tasks that know nothing of each other.

After the idea of Zhu et al. 2024 (arXiv:2410.18094): atrial fibrillation shows between periods (irregular intervals)
and within them (no P wave), so a representation is to keep both. What they pretrain on for each isn't told by the
abstract, which is what we could read, and we found no code, so both tasks here are ours:

- rhythm: from the features of the window, one linear map tells five numbers of the intervals between beats
  (``rr_description``), into which no beat's shape enters;
- shape: in every beat of the window one section (P and PR, QRS, or ST and T; drawn from the sample's key) is replaced
  by a straight line, and from the features of what is left the hidden section of the average beat is predicted
  (``average_beat``), into which no interval enters.

Beats are found on the device from the window alone (``r_peaks``); a window with too few is left out of that task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.training.counter_random import uniform
from einthoven.training.objectives.average_beat import OFFSETS_S, SECTIONS, AverageBeat, average_beat, sections
from einthoven.training.objectives.hidden_section import hidden_moments, without_hidden
from einthoven.training.objectives.mean_over_processes import mean_over_processes
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views
from einthoven.training.objectives.r_peaks import r_peaks
from einthoven.training.objectives.rr_description import NUMBERS, rr_description

__all__ = ["Periods", "PeriodsSettings", "section_error"]

STREAM = 38

SHORTEST_S = 2.5
"""Of a window: four beats at 100 a minute."""

SLOWEST_HZ = 50.0
"""A QRS of 80 ms needs some samples."""

LEAST_SHARE = 0.1
"""Of the beat's mean square, added to the section's own: or noise in place of a missing P wave would weigh as much as
QRS."""


@dataclass(frozen=True, slots=True)
class PeriodsSettings:
    """Weights of both tasks.

    Attributes
    ----------
    rhythm_weight, shape_weight : float
        0 leaves a task out, and its pass through the encoder.
    minimum_beats : int
        In a window, for the rhythm; from 4 on.
    hidden_width : int
        Of the perceptron that draws the beat.
    """

    rhythm_weight: float = 1.0
    shape_weight: float = 1.0
    minimum_beats: int = 4
    hidden_width: int = 256

    def __post_init__(self) -> None:
        if min(self.rhythm_weight, self.shape_weight) < 0 or self.rhythm_weight + self.shape_weight == 0:
            raise SpecificationError(
                "rhythm_weight and shape_weight of periods aren't negative, and one is positive, got "
                f"{self.rhythm_weight} and {self.shape_weight}"
            )
        if self.minimum_beats < 4 or self.hidden_width < 1:
            raise SpecificationError(
                "minimum_beats of periods starts at 4 and hidden_width at 1, got "
                f"{self.minimum_beats} and {self.hidden_width}"
            )


class Periods(Objective):
    """Intervals told, and hidden sections of beats drawn.

    Parameters
    ----------
    settings : PeriodsSettings
    encoder : Encoder
    facts : Facts
    """

    settings_type: ClassVar[type[PeriodsSettings]] = PeriodsSettings

    def __init__(self, settings: PeriodsSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        seconds = facts.window_samples / facts.rate_hz
        if seconds < SHORTEST_S or facts.rate_hz < SLOWEST_HZ:
            raise SpecificationError(
                f"periods looks for beats: windows from {SHORTEST_S} s and {SLOWEST_HZ:g} Hz on, got {seconds:g} s at "
                f"{facts.rate_hz:g} Hz"
            )
        self.settings, self.rate_hz, self.n_leads = settings, facts.rate_hz, len(facts.leads)
        self.rhythm = nn.Linear(encoder.feature_width, len(NUMBERS)) if settings.rhythm_weight else None
        self.shape = (
            _drawer(encoder.feature_width, settings.hidden_width, self.n_leads) if settings.shape_weight else None
        )

    @override
    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss`` and its ``rhythm`` and ``shape`` terms before their weights (0 for one that is left out), and
        ``beats``, how many a window has.
        """
        peaks = r_peaks(views.signal, self.rate_hz)
        intervals = rr_description(peaks, self.rate_hz, minimum_beats=self.settings.minimum_beats)
        beat = average_beat(views.signal, peaks, self.rate_hz)
        chosen = (uniform(views.key, 1, stream=STREAM).squeeze(1) * len(SECTIONS)).long().clamp(max=len(SECTIONS) - 1)
        windows = []
        if self.rhythm is not None:
            windows.append(views.signal)
        if self.shape is not None:
            hidden = hidden_moments(
                peaks,
                sections(peaks, self.rate_hz),
                chosen,
                n_samples=views.signal.shape[2],
                rate_hz=self.rate_hz,
            )
            windows.append(without_hidden(views.signal, hidden))
        features = encoder(torch.cat(windows)).float().chunk(len(windows))
        rhythm = shape = features[0].sum() * 0
        if self.rhythm is not None:
            error = nn.functional.smooth_l1_loss(self.rhythm(features[0]).float(), intervals.values, reduction="none")
            rhythm = mean_over_processes(error.mean(dim=1), intervals.known)
        if self.shape is not None:
            drawn = self.shape(features[-1]).float().reshape(len(chosen), self.n_leads, -1)
            shape = mean_over_processes(section_error(drawn, beat, chosen), beat.known)
        return {
            "loss": self.settings.rhythm_weight * rhythm + self.settings.shape_weight * shape,
            "rhythm": rhythm.detach(),
            "shape": shape.detach(),
            "beats": peaks.found.sum(dim=1).float().mean(),
        }


def section_error(drawn: Tensor, beat: AverageBeat, chosen: Tensor) -> Tensor:
    """Return the mean squared error over the chosen section and all leads, in parts of what is to be drawn, (B,).

    Parameters
    ----------
    drawn : float32 (B, L, 80)
    beat : AverageBeat
    chosen : int64 (B,)
    """
    section = beat.section[torch.arange(len(chosen), device=chosen.device), chosen].unsqueeze(1)
    moments = section.sum(dim=2).clamp(min=1) * drawn.shape[1]
    error = ((drawn - beat.shape) ** 2 * section).sum(dim=(1, 2)) / moments.squeeze(1)
    size = (beat.shape**2 * section).sum(dim=(1, 2)) / moments.squeeze(1)
    return error / (size + LEAST_SHARE)


def _drawer(feature_width: int, hidden_width: int, n_leads: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(feature_width, hidden_width), nn.GELU(), nn.Linear(hidden_width, n_leads * len(OFFSETS_S))
    )
