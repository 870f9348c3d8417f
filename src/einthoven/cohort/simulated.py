"""Simulated data is known by what it carries along, and whatever is made from it says so on its first page.

A simulated export has a marker file in its folder, and each of its ECGs names the simulator as the recorder: nobody has
to remember, and nobody takes the check of a method for a finding about patients.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

__all__ = ["DEVICE", "MARKER", "MARKER_TYPE", "NOTICE", "is_simulated_device", "notice_of", "simulation_of"]

MARKER = "simulated.json"
MARKER_TYPE = "einthoven-simulated-hospital"
DEVICE = "einthoven virtual hospital"  # what a simulated ECG has in ``Record.device``
NOTICE = "Simulated data"  # how every notice begins
UNKNOWN = "unknown settings"


def simulation_of(paths: Iterable[Path]) -> str:
    """Return what the marker in one of the folders, or above it, tells; empty where there is none.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     marker = {"type": MARKER_TYPE, "hospital": "A", "seed": 7}
    ...     _ = (pathlib.Path(folder) / MARKER).write_text(json.dumps(marker))
    ...     simulation_of([pathlib.Path(folder) / "ecgs"])
    'hospital A, seed 7'
    """
    resolved = {path.resolve() for path in paths}
    folders = resolved.union(*(path.parents for path in resolved))
    told = (_told(folder / MARKER) for folder in sorted(folders))
    return next((words for words in told if words), "")


def is_simulated_device(device: str | None) -> bool:
    """Whether an ECG's recorder is the simulator."""
    return device is not None and DEVICE in device.casefold()


def notice_of(simulated: Collection[str], sources: Collection[str], judged: Collection[str] = ()) -> str:
    """Return the sentence that stands before all results; empty where nothing is simulated.

    Parameters
    ----------
    simulated, sources : collection of str
    judged : collection of str
        Sources of the splits that results are told of; where none of them is simulated, results are of patients.

    Examples
    --------
    >>> notice_of({"A"}, ["A", "clinic"])
    'Simulated data: A is simulated, clinic is not. Whatever this study finds checks the software; it is no evidence
     about patients.'
    """
    if not simulated:
        return ""
    real = sorted(set(sources) - set(simulated))
    if judged and not set(judged) & set(simulated):
        made = "is" if len(simulated) == 1 else "are"
        return f"{NOTICE}: {_listed(sorted(simulated))} {made} simulated and learnt from; who is tested is real."
    verdict = "hatever this study finds checks the software; it is no evidence about patients."
    if not real:
        return f"{NOTICE}: w{verdict}"
    made, real_are = ("is" if len(names) == 1 else "are" for names in (simulated, real))
    return f"{NOTICE}: {_listed(sorted(simulated))} {made} simulated, {_listed(real)} {real_are} not. W{verdict}"


def _told(marker: Path) -> str:
    """Return the marker's words; a damaged one still marks, a file of another type doesn't."""
    try:
        content = json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError):
        return UNKNOWN
    if not isinstance(content, dict) or content.get("type") != MARKER_TYPE:
        return ""
    told = [f"{name} {content[name]}" for name in ("hospital", "seed") if name in content]
    told += [f"parameters {str(content['parameters_sha256'])[:12]}"] if content.get("parameters_sha256") else []
    return ", ".join(told) or UNKNOWN


def _listed(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))
