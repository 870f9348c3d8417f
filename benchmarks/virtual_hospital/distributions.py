"""Distributions of what is measured on real ECGs and on their simulated twins, group by group, with a distance each.

The project's own measurements on the signals as they are stored, and the power in bands of frequency. A distance is
Wasserstein's in standard deviations of all real ECGs; ``chance`` is what two samples of these sizes would have if
nothing differed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from distances import ANGLES, Distance, distance, turned_together
from findings import group_names
from measured_table import MeasuredTable, measured_table
from numpy.typing import NDArray
from real_ecgs import RealEcg, real_ecgs
from shared import machine, table
from spectra import BANDS_HZ, REGIONS
from twins import Twin, measured_reals, twins

from einthoven.ecg.leads import STANDARD_LEADS

__all__ = ["Compared", "compared", "figure_names"]

GLOBAL = (
    *("heart_rate_bpm", "rr_sd_ms", "rmssd_ms", "p_ms", "pr_ms", "qrs_ms", "qt_ms", "qtc_fridericia_ms"),
    *("p_axis_deg", "qrs_axis_deg", "t_axis_deg", "qrs_t_angle_deg", "spatial_qrs_t_angle_deg"),
    *("p_terminal_force_mv_ms", "sokolow_lyon_mv", "cornell_mv", "qrs_voltage_sum_mv", "transition_zone"),
    *("notched_leads", "af_score"),
)
OF_LEADS = (
    *("p_mv", "p_ms", "q_mv", "q_ms", "r_mv", "s_mv", "r_prime_mv", "qrs_peak_to_peak_mv", "qrs_ms", "r_peak_time_ms"),
    *("qrs_half_width_ms", "qrs_notches", "qrs_terminal_share", "j_mv", "st_j60_mv", "t_mv", "t_area_mv_ms"),
    *("qt_ms", "noise_mv"),
)

FEWEST_IN_QUICK = 12
SHAPE = ("p_mv", "q_mv", "r_mv", "s_mv", "r_prime_mv", "st_j60_mv", "t_mv", "qrs_ms", "r_peak_time_ms", "noise_mv")


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure in one group."""

    group: str
    name: str
    n: int
    real_quartiles: tuple[float, float, float]
    simulated_quartiles: tuple[float, float, float]
    distance: Distance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", nargs="+", default=["ptb_xl", "ludb"], choices=["ptb_xl", "ludb"])
    parser.add_argument("--groups", nargs="+", default=list(group_names()), choices=group_names())
    parser.add_argument("--twins", type=int, default=3, help="simulated per real ECG")
    parser.add_argument("--worst", type=int, default=15, help="figures per group")
    parser.add_argument("--quick", action="store_true", help="one twin each, and the worst 25 figures of all groups")
    parser.add_argument("--pictures", type=Path, help="folder for the figures of the documentation")
    arguments = parser.parse_args()
    ecgs = real_ecgs(tuple(arguments.sources))
    real = measured_reals(ecgs)
    made = list(twins(ecgs, real, per_ecg=1 if arguments.quick else arguments.twins))
    simulated = measured_table(twin.record for twin in made)
    found = list(compared(ecgs, real, made, simulated, groups=arguments.groups))
    print(machine(), end="\n\n")
    print(summary_text(found, groups=arguments.groups), end="\n\n")
    if arguments.quick:
        print(worst_text([one for one in found if one.n >= FEWEST_IN_QUICK], count=25))
        for group in arguments.groups[:6]:
            print(f"\n{medians_text([one for one in found if one.group == group])}")
    else:
        for group in arguments.groups:
            print(f"### {group}\n\n{worst_text([one for one in found if one.group == group], count=arguments.worst)}\n")
    if arguments.pictures:
        from pictures import draw_all

        draw_all(ecgs, real, made, simulated, folder=arguments.pictures)


def figure_names() -> tuple[str, ...]:
    """Return the names of all figures that are compared."""
    leads = [f"{lead}.{name}" for name in OF_LEADS for lead in STANDARD_LEADS]
    bands = [f"spectrum.{region}.{band}" for region in REGIONS for band in BANDS_HZ]
    return (*GLOBAL, *leads, *bands)


def compared(
    ecgs: Sequence[RealEcg],
    real: MeasuredTable,
    made: Sequence[Twin],
    simulated: MeasuredTable,
    *,
    groups: Sequence[str],
) -> Iterator[Compared]:
    """Compare each figure in each group.

    Parameters
    ----------
    ecgs : sequence of RealEcg
    real : MeasuredTable
        Of these.
    made : sequence of Twin
    simulated : MeasuredTable
        Of the twins.
    groups : sequence of str
    """
    origin = np.array([twin.of for twin in made])
    for group in groups:
        members = np.array([group in ecg.groups for ecg in ecgs])
        for name in figure_names():
            a, b = real.of(name)[members], simulated.of(name)[members[origin]]
            everyone = real.of(name)
            if name in ANGLES:
                a, b = turned_together(a, b)
                everyone, _ = turned_together(everyone, everyone)
            apart = distance(a, b, sd=float(np.nanstd(everyone)))
            yield Compared(group, name, int(members.sum()), _quartiles(a), _quartiles(b), apart)


def _quartiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    known = values[~np.isnan(values)]
    if not known.size:
        return np.nan, np.nan, np.nan
    low, middle, high = np.percentile(known, (25, 50, 75))
    return float(low), float(middle), float(high)


def summary_text(found: Sequence[Compared], *, groups: Sequence[str]) -> str:
    """Return each group's distances in a line: how many figures lie near chance, how many far."""
    rows = []
    for group in groups:
        of = [one for one in found if one.group == group and np.isfinite(one.distance.wasserstein_sd)]
        if not of:
            continue
        far = np.array([one.distance.wasserstein_sd for one in of])
        excess = far - np.array([one.distance.chance_sd for one in of])
        shares = [f"{100 * np.mean(excess < limit):.0f} %" for limit in (0.1, 0.25, 0.5)]
        rows.append((group, str(of[0].n), str(len(of)), f"{np.median(far):.2f}", f"{far.max():.2f}", *shares))
    head = ("group", "real ECGs", "figures", "median distance, SD", "largest", "< chance + 0.1", "+ 0.25", "+ 0.5")
    return table(head, rows)


def worst_text(found: Sequence[Compared], *, count: int) -> str:
    """Return the figures with the largest distances beyond chance."""
    known = [one for one in found if np.isfinite(one.distance.wasserstein_sd)]
    known.sort(key=lambda one: one.distance.chance_sd - one.distance.wasserstein_sd)
    rows = [
        (
            one.group,
            one.name,
            _spread(one.real_quartiles),
            _spread(one.simulated_quartiles),
            f"{one.distance.wasserstein_sd:.2f}",
            f"{one.distance.chance_sd:.2f}",
            f"{one.distance.ks:.2f}",
            f"{one.distance.shift_sd:+.2f}",
            f"{100 * one.distance.absent_difference:+.0f} %",
        )
        for one in known[:count]
    ]
    head = (
        "group",
        "figure",
        "real: median (quartiles)",
        "simulated",
        "distance, SD",
        "chance",
        "KS",
        "shift, SD",
        "absent",
    )
    return table(head, rows)


def medians_text(found: Sequence[Compared]) -> str:
    """Return real and simulated medians of one group, lead by lead."""
    by_name = {one.name: one for one in found}
    rows = []
    for quantity in SHAPE:
        of = [by_name[f"{lead}.{quantity}"] for lead in STANDARD_LEADS]
        digits = 0 if quantity.endswith("_ms") else 3 if quantity == "noise_mv" else 2
        rows.append((quantity, "real", *(f"{one.real_quartiles[1]:.{digits}f}" for one in of)))
        rows.append(("", "simulated", *(f"{one.simulated_quartiles[1]:.{digits}f}" for one in of)))
    return table((found[0].group, "median", *STANDARD_LEADS), rows)


def _spread(quartiles: tuple[float, float, float]) -> str:
    low, middle, high = quartiles
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")
