"""The page that documents a table of measurements, made from the lists of quantities (``measure --columns``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from einthoven.ecg.measurement_quantities import Quantity

__all__ = ["columns_page"]

_NEEDS_RR = ("heart_rate_bpm", "rr_ms", "rr_min_ms", "rr_max_ms", "qtc_")
_NEEDS_MORE_BEATS = {
    "rr_sd_ms": "fewer than three beats",
    "rr_regularity": "fewer than three beats",
    "rmssd_ms": "no three normal beats in a row",
    "af_score": "fewer than four beats",
}
_DEFLECTION = re.compile(r"(q|r|s|r_prime|s_prime|qs)_(mv|ms)$|t_prime_mv$|r_peak_time_ms$")
_HEAD = """\
# Measurements

<!-- einthoven measure --columns > docs/reference/measurements.md -->

`einthoven measure SRC... --out measurements.parquet` writes one row per ECG; `einthoven ingest ... --measure` keeps
the same table in the store (`Store.measurements`), row for row that of the manifest. This page is what `einthoven
measure --columns` prints.

Numbers are float32, in the unit that their name ends with; `1` stands for counts, shares and scores. An empty number
(null) is absent, and `reasons` says why. All but rate and rhythm are measured on the representative beat of the
dominant morphology: the median of its beats in each lead. Onsets are those that a tenth of the leads precede, ends
those that a tenth exceed, except where a column names its lead. The signal is band-passed 0.5 to 100 Hz at 500 Hz
before.

The file's metadata hold `type` (`einthoven.measurements`) and `version` ({version}). Columns may be added under a new
version; none changes its meaning.

| column | type | what |
|---|---|---|
| `record_id` | string | name of the ECG; not always unique in a folder of several formats |
| `patient_id` | string | as the file says it, empty where it doesn't |
| `source_path` | string | the file |
| `reasons` | map of string to string (JSON in CSV) | why numbers are absent or doubtful, see below |
"""
_REASONS = """\
## Reasons

A number is *measured*, *doubtful* (there, with a reason to look at the ECG) or *absent* (null). A key of `reasons` is
a column of the whole ECG (`pr_ms`); a lead, for all its numbers (`V2`); `leads.P`, `leads.QRS` or `leads.T`, for the
numbers of that wave in all leads; `leads.mV`, for voltages and areas; `leads.all`, for all numbers of the leads; or one
number of some leads (`leads.q_mv`), which the text names. A deflection that just isn't there is null without an entry.
`all` stands for an ECG that could be read and not measured. The texts:

{texts}

Intervals are doubtful outside what hearts do: {plausible}.
Corrected QT is doubtful outside the heart rates for which its formula holds: {rates}.
"""
_OTHER_TABLES = """\
## Beside the measurements

**Files that could not be read** are rows of a second table, `measurements.rejected.parquet`: `path`, `sha256`,
`stage`, `error_type`, `message`. It is there only when there are any. A bad file never stops the run, and a run that
was stopped writes no table.

**Every border of every wave**: `--beats waves.parquet` writes a row per ECG, beat and lead: {beat_columns}. Times are
seconds from the start of the recording; `kind` is {kinds}, or `{free_p}` for a P wave that no QRS follows, which has
no `beat` and no `template`.

`patient_id` and `source_path` may identify a patient: drop them before a table leaves the house.
"""


def columns_page() -> str:
    """Return the page in Markdown."""
    from einthoven.ecg.beats import BeatKind
    from einthoven.ecg.intervals import RATES_BPM
    from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
    from einthoven.ecg.leads import STANDARD_LEADS
    from einthoven.ecg.measurement_quantities import QUANTITIES
    from einthoven.ecg.measurement_reasons import REASONS
    from einthoven.ecg.measurement_validity import PLAUSIBLE_MS
    from einthoven.store.beat_table import BEATS_SCHEMA, FREE_P
    from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA

    version = (MEASUREMENTS_SCHEMA.metadata or {})[b"version"].decode()
    texts = ", ".join(f"*{text}*" for text in REASONS.values() if text)
    plausible = ", ".join(f"`{name}` {low} to {high} ms" for name, (low, high) in PLAUSIBLE_MS.items())
    rates = ", ".join(f"`{name}` {low:g} to {high:g}/min" for name, (low, high) in RATES_BPM.items())
    return "\n".join(
        [
            _HEAD.format(version=version),
            "## The whole ECG\n",
            *_table(QUANTITIES, (_absent(name, quantity) for name, quantity in QUANTITIES.items())),
            "\n## Each lead\n",
            f"Columns are named by lead and number, `V1.r_mv`, for {', '.join(STANDARD_LEADS)}.",
            "Amplitudes are signed: Q and S lie below 0. All are empty for a lead that is missing or unusable.\n",
            *_table(LEAD_QUANTITIES, (_absent_in_lead(name, quantity) for name, quantity in LEAD_QUANTITIES.items())),
            "",
            _REASONS.format(texts=f"{texts}.", rates=rates, plausible=plausible),
            _OTHER_TABLES.format(
                beat_columns=", ".join(f"`{name}`" for name in BEATS_SCHEMA.names),
                kinds=", ".join(f"`{kind}`" for kind in BeatKind),
                free_p=FREE_P,
            ),
        ]
    )


def _table(quantities: dict[str, Quantity], absences: Iterable[str]) -> Iterator[str]:
    yield "| column | unit | what | formula | source | empty when |"
    yield "|---|---|---|---|---|---|"
    for (name, quantity), absent in zip(quantities.items(), absences, strict=True):
        cells = (quantity.unit, quantity.meaning, quantity.formula, _linked(quantity.source), absent)
        yield f"| `{name}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _linked(source: str) -> str:
    """Return the source with its DOIs as links.

    Examples
    --------
    >>> _linked("Das et al. 2006, doi:10.1161/X.1; einthoven")
    'Das et al. 2006, [doi](https://doi.org/10.1161/X.1); einthoven'
    """
    return re.sub(r"doi:([^\s;,]+)", lambda match: f"[doi](https://doi.org/{quote(match[1], safe='/:.-')})", source)


def _absent(name: str, quantity: Quantity) -> str:
    from einthoven.ecg.measurement_validity import NEEDED_WAVES, NUMBERS_NEED_LEADS

    waves = NEEDED_WAVES.get(name, "").split()
    leads = NUMBERS_NEED_LEADS.get(name, ())
    reasons = ["fewer than two beats"] if name.startswith(_NEEDS_RR) else []
    reasons += [_NEEDS_MORE_BEATS[name]] if name in _NEEDS_MORE_BEATS else []
    reasons += [f"no {' or '.join(waves)}"] if waves else []
    if "P" in waves:  # flutter waves have a rate, which is the atria's
        reasons.append("atrial fibrillation" if name == "atrial_rate_bpm" else "atrial fibrillation or flutter")
    reasons += [f"without {_listed(leads)}"] if leads else []
    reasons += ["no unit"] if quantity.needs_millivolts else []
    return "; ".join(reasons) or "never"


def _absent_in_lead(name: str, quantity: Quantity) -> str:
    wave = "P" if name.startswith("p_") else "T" if name.startswith(("t_", "qt_")) else "QRS"
    reasons = [f"no {wave}"]
    reasons += ["atrial fibrillation or flutter"] if wave == "P" else []
    reasons += ["no such deflection"] if _DEFLECTION.match(name) else []
    reasons += ["no unit"] if quantity.needs_millivolts else []
    return "; ".join(reasons)


def _listed(leads: Sequence[str]) -> str:
    """Return the leads in words a reader knows."""
    from einthoven.ecg.leads import LIMB_LEADS, STANDARD_LEADS

    whole = {
        ("I", "aVF"): "two limb leads",  # from which these follow
        STANDARD_LEADS: "all 12 leads",
        LIMB_LEADS: "the six limb leads",
        STANDARD_LEADS[6:]: "V1 to V6",
    }
    return whole.get(tuple(leads), ", ".join(leads))
