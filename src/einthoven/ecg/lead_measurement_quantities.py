"""What is measured in each lead: name, unit, meaning, formula and source of each quantity.

Amplitudes are signed (Q and S below 0). Those of QRS, ST and T are against the level just before QRS, those of P
against the line from its onset to its end (CSE). Areas are net: what lies below the level counts as negative. A limb
lead that a record in mV lacks is derived from two that it has.

A deflection of QRS counts when it leaves the level by ``qrs_deflections.SMALLEST_SHARE`` of the height of QRS in the
lead, and by more than the noise of the representative beat, for 6 ms, so its times don't depend on the gain. In a
record in mV one below 20 uV, which CSE would not count, is doubtful.
"""

from __future__ import annotations

from einthoven.ecg.measurement_quantities import Quantity
from einthoven.ecg.measurement_sources import AHA_CONDUCTION, AHA_REPOLARISATION, CSE, DAS, OUR_OWN

__all__ = ["LEAD_QUANTITIES"]

LEAD_QUANTITIES: dict[str, Quantity] = {
    "noise_mv": Quantity("mV", "standard error of the representative beat", "over the beats it is made of", OUR_OWN),
    "p_mv": Quantity("mV", "P amplitude, signed", "p_positive or p_negative, the larger", CSE),
    "p_positive_mv": Quantity("mV", "highest point of P", "max over P, 0 where all lies below", CSE),
    "p_negative_mv": Quantity("mV", "lowest point of P", "min over P, 0 where all lies above", CSE),
    "p_ms": Quantity("ms", "P duration in this lead", "P end - P onset of the lead", CSE),
    "p_area_mv_ms": Quantity("mV ms", "net area of P", "integral from P onset to P end", CSE),
    "q_mv": Quantity("mV", "Q: negative, before the first positive deflection", "min of the deflection", CSE),
    "r_mv": Quantity("mV", "R: first positive deflection of QRS", "max of the deflection", CSE),
    "s_mv": Quantity("mV", "S: negative, behind R", "min of the deflection", CSE),
    "r_prime_mv": Quantity("mV", "R': second positive deflection", "max of the deflection", CSE),
    "s_prime_mv": Quantity("mV", "S': negative, behind R'", "min of the deflection", CSE),
    "qs_mv": Quantity("mV", "QS: the only deflection of QRS, negative", "min of the deflection", CSE),
    "q_ms": Quantity("ms", "Q duration", "between crossings of the level", CSE),
    "r_ms": Quantity("ms", "R duration", "between crossings of the level", CSE),
    "s_ms": Quantity("ms", "S duration", "between crossings of the level", CSE),
    "r_prime_ms": Quantity("ms", "R' duration", "between crossings of the level", CSE),
    "s_prime_ms": Quantity("ms", "S' duration", "between crossings of the level", CSE),
    "qs_ms": Quantity("ms", "QS duration", "between crossings of the level", CSE),
    "qrs_ms": Quantity("ms", "QRS duration in this lead", "J - QRS onset of the lead", CSE),
    "qt_ms": Quantity("ms", "QT interval in this lead", "T end - QRS onset of the lead", AHA_REPOLARISATION),
    "qrs_peak_to_peak_mv": Quantity("mV", "height of QRS", "max - min over QRS", CSE),
    "qrs_area_mv_ms": Quantity("mV ms", "net area of QRS", "integral from QRS onset to J", CSE),
    "qrs_terminal_area_mv_ms": Quantity(
        "mV ms", "net area of the last 40 ms of QRS", "integral from J - 40 ms to J", AHA_CONDUCTION
    ),
    "qrs_terminal_share": Quantity(
        "1",
        "terminal part of QRS relative to all of it, -1 to 1",
        "area of the last 40 ms / area of |QRS|",
        AHA_CONDUCTION,
    ),
    "r_share": Quantity(
        "1", "positive part of the height of QRS, 0 to 1; 0.5 at the transition", "max / (max - min)", OUR_OWN
    ),
    "r_peak_time_ms": Quantity(
        "ms",
        "R-peak time (intrinsicoid deflection)",
        "highest point of QRS - QRS onset over all leads; absent without R",
        AHA_CONDUCTION,
    ),
    "qrs_half_width_ms": Quantity(
        "ms", "breadth of the largest deflection", "time beyond half of its amplitude", OUR_OWN
    ),
    "qrs_notches": Quantity("1", "notches of QRS of 5 % of its height", "(turning points - deflections) / 2", DAS),
    "j_mv": Quantity("mV", "level of the J point", "at the end of QRS over all leads", CSE),
    "st_j40_mv": Quantity("mV", "ST level at J + 40 ms", "against the level before QRS", AHA_REPOLARISATION),
    "st_j60_mv": Quantity("mV", "ST level at J + 60 ms", "against the level before QRS", AHA_REPOLARISATION),
    "st_j80_mv": Quantity("mV", "ST level at J + 80 ms", "against the level before QRS", AHA_REPOLARISATION),
    "t_mv": Quantity("mV", "T amplitude, signed", "largest deviation from T onset to T end", CSE),
    "t_prime_mv": Quantity("mV", "second part of a biphasic T, signed", "peak of the other sign", CSE),
    "t_area_mv_ms": Quantity("mV ms", "net area of T", "integral from T onset to T end", CSE),
}
