"""How strongly training windows are disturbed, as a study file says it; free of torch, as reading a study has to be."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.errors import SpecificationError

__all__ = ["Augmentation"]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How strongly training windows are disturbed; 0 switches a part off.

    Attributes
    ----------
    time_scale : float
        Heart rate and wave widths change by up to this share.
    gain, lead_gain : float
        Standard deviation of the logarithm of a gain for all leads, and of one per lead.
    shift_s : float
        Largest shift in time; samples from beyond the window are zero.
    noise : float
        Largest standard deviation of white noise; each sample draws its own below.
    wander : float
        Largest amplitude of a baseline that swings with 0.05 to 0.5 Hz, per lead.
    powerline : float
        Largest amplitude of mains interference of 50 or 60 Hz with two harmonics, per lead; for more than 100 Hz.
    cut_out : float
        Share of the window that is set to zero in all leads, at a random place.
    lead_dropout : float
        Chance that a lead is set to zero; 0.5 is the random lead masking of Oh et al. 2022 (arXiv:2203.06889).
    lead_mask : float
        Chance that of a sample's leads a random number, from one to all but one, is set to zero.
    mixup : float
        Parameter of the Beta distribution from which the share of the other record is drawn (Zhang et al. 2018).
    """

    time_scale: float = 0.2
    gain: float = 0.2
    lead_gain: float = 0.3
    shift_s: float = 0.0
    noise: float = 0.2
    wander: float = 0.3
    cut_out: float = 0.0
    lead_dropout: float = 0.1
    mixup: float = 0.3
    powerline: float = 0.0
    lead_mask: float = 0.0

    def __post_init__(self) -> None:
        parts = (self.gain, self.lead_gain, self.shift_s, self.noise, self.wander, self.mixup, self.powerline)
        below_one = all(0 <= share < 1 for share in (self.time_scale, self.cut_out, self.lead_dropout))
        if min(parts) < 0 or not below_one or not 0 <= self.lead_mask <= 1:
            raise SpecificationError(
                "augmentation can't be negative; time_scale, cut_out and lead_dropout lie below 1, lead_mask up to 1, "
                f"got {self}"
            )

    @classmethod
    def off(cls) -> Augmentation:
        """Return the settings that leave every window as it is."""
        return cls(time_scale=0, gain=0, lead_gain=0, shift_s=0, noise=0, wander=0, cut_out=0, lead_dropout=0, mixup=0)
