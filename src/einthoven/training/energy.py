"""How much energy a run took, where the machine can measure it; otherwise processor hours, and no number is made up.

Processors tell by Intel's RAPL (``/sys/class/powercap``, readable by root alone on most systems), NVIDIA's accelerators
by ``nvidia-smi``. Both measure the whole chip, other programs included, and neither memory, fans nor the power supply.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

__all__ = ["Energy", "EnergyMeter", "accelerator_watt", "energy_from", "processor_joule"]

_POWERCAP = Path("/sys/class/powercap")
_INTERVAL_S = 10.0
_JOULE_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True)
class Energy:
    """What a run took, over all processes that went on with it.

    Attributes
    ----------
    seconds : float
    processor_hours : float
        All threads of the measuring process together.
    processor_kwh, accelerator_kwh : float, optional
        None where it couldn't be measured for the whole time.
    stated_watt : float
        Power of the machine as its owner states it; 0 where nobody does.
    """

    seconds: float = 0.0
    processor_hours: float = 0.0
    processor_kwh: float | None = None
    accelerator_kwh: float | None = None
    stated_watt: float = 0.0

    @property
    def estimated_kwh(self) -> float | None:
        """Stated power times duration; None without a stated power."""
        return self.stated_watt * self.seconds / _JOULE_PER_KWH if self.stated_watt else None

    def in_words(self) -> str:
        """Return what is known, in a sentence.

        Examples
        --------
        >>> Energy(seconds=3600, processor_hours=1.8).in_words()
        'not measured (this machine tells neither processor nor accelerator energy); 1.80 processor hours'
        >>> Energy(seconds=3600, processor_hours=1.8, stated_watt=100).in_words()
        'not measured; 0.100 kWh estimated from the stated 100 W of the machine; 1.80 processor hours'
        """
        hours = f"{self.processor_hours:.2f} processor hours"
        measured = [
            f"{value:.3f} kWh by the {name} (measured, other programs on it included)"
            for name, value in (("processor", self.processor_kwh), ("accelerator", self.accelerator_kwh))
            if value is not None
        ]
        if self.estimated_kwh is not None:
            estimate = f"{self.estimated_kwh:.3f} kWh estimated from the stated {self.stated_watt:g} W of the machine"
            return "; ".join([*(measured or ["not measured"]), estimate, hours])
        missing = "not measured (this machine tells neither processor nor accelerator energy)"
        return "; ".join([*(measured or [missing]), hours])


class EnergyMeter:
    """Adds up energy in a thread of its own; several starts of a run add up, too.

    Parameters
    ----------
    stated_watt : float
    accelerators : sequence of str
        UUIDs of the accelerators of this run, as ``nvidia-smi`` names them; empty for none.
    joule : callable, optional
        Returns the reading of each processor package in joule and the value at which it wraps round.
    watt : callable, optional
        Returns the power of the accelerators, or None.
    """

    def __init__(
        self,
        *,
        stated_watt: float = 0.0,
        accelerators: Sequence[str] = (),
        joule: Callable[[], Mapping[str, tuple[float, float]]] | None = None,
        watt: Callable[[Sequence[str]], float | None] | None = None,
        interval_s: float = _INTERVAL_S,
    ) -> None:
        self._accelerators = tuple(accelerators)
        self._joule = joule or processor_joule
        self._watt = watt or accelerator_watt
        self._interval_s = interval_s
        self._before = Energy(stated_watt=stated_watt)
        self._own = Energy()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._seen: tuple[float, float, Mapping[str, tuple[float, float]], float | None] | None = None

    def start(self, before: Energy | None = None) -> None:
        """Measure from now on, after what an earlier process measured."""
        if before is not None:
            self._before = Energy(**{**asdict(before), "stated_watt": self._before.stated_watt})
        readings, watt = self._joule(), self._watt(self._accelerators) if self._accelerators else None
        self._own = Energy(processor_kwh=0.0 if readings else None, accelerator_kwh=None if watt is None else 0.0)
        self._seen = (time.monotonic(), time.process_time(), readings, watt)
        self._thread = threading.Thread(target=self._repeat, name="energy", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Measure no longer."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def energy(self) -> Energy:
        """All that was measured so far."""
        if self._seen is not None and self._thread is not None:
            self._sample()
        before, own, is_first = self._before, self._own, self._before.seconds == 0
        return Energy(
            seconds=before.seconds + own.seconds,
            processor_hours=before.processor_hours + own.processor_hours,
            processor_kwh=_together(before.processor_kwh, own.processor_kwh, is_first=is_first),
            accelerator_kwh=_together(before.accelerator_kwh, own.accelerator_kwh, is_first=is_first),
            stated_watt=before.stated_watt,
        )

    def _repeat(self) -> None:
        while not self._stop.wait(self._interval_s):
            self._sample()

    def _sample(self) -> None:
        """Add what was used since the last sample."""
        with self._lock:
            assert self._seen is not None
            then, processor_then, readings_then, watt_then = self._seen
            readings, watt = self._joule(), self._watt(self._accelerators) if self._accelerators else None
            now, processor_now = time.monotonic(), time.process_time()
            used = _used(readings_then, readings)
            power = None if watt is None or watt_then is None else (watt + watt_then) / 2
            own = self._own
            self._own = Energy(
                seconds=own.seconds + now - then,
                processor_hours=own.processor_hours + (processor_now - processor_then) / 3600,
                processor_kwh=_together(own.processor_kwh, used),
                accelerator_kwh=_together(
                    own.accelerator_kwh, None if power is None else power * (now - then) / _JOULE_PER_KWH
                ),
            )
            self._seen = (now, processor_now, readings, watt)


def energy_from(values: Mapping[str, float | None]) -> Energy:
    """Return what ``dataclasses.asdict`` took apart."""
    known = {field.name for field in fields(Energy)}
    return Energy(**{name: value for name, value in values.items() if name in known})  # type: ignore[arg-type]


def processor_joule(folder: Path = _POWERCAP) -> dict[str, tuple[float, float]]:
    """Return energy and range, in joule, of each processor package; empty where they can't be read.

    A package's parts (cores, graphics) are in its own reading already, and are left out.
    """
    found = {}
    for zone in sorted(folder.glob("intel-rapl:*")):
        if zone.name.count(":") != 1:
            continue
        try:
            energy, limit = ((zone / name).read_text() for name in ("energy_uj", "max_energy_range_uj"))
            found[zone.name] = (int(energy) / 1e6, int(limit) / 1e6)
        except (OSError, ValueError):
            return {}  # half of the packages would be a wrong number
    return found


def accelerator_watt(uuids: Sequence[str], *, command: str = "nvidia-smi") -> float | None:
    """Return the power of these accelerators together; None where one of them doesn't tell."""
    words = [command, "--query-gpu=uuid,power.draw", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 - no shell
    except (OSError, subprocess.SubprocessError):
        return None
    told = dict(line.split(",", 1) for line in answer.stdout.splitlines() if "," in line)
    try:
        return sum(float(told[uuid]) for uuid in uuids)
    except (KeyError, ValueError):  # "[N/A]" of a part of an accelerator
        return None


def _used(then: Mapping[str, tuple[float, float]], now: Mapping[str, tuple[float, float]]) -> float | None:
    """Return the energy between two readings in kWh; a counter starts again at 0 behind its range."""
    if not now or then.keys() != now.keys():
        return None
    return sum((now[name][0] - then[name][0]) % now[name][1] for name in now) / _JOULE_PER_KWH


def _together(first: float | None, second: float | None, *, is_first: bool = False) -> float | None:
    if is_first:
        return second
    return None if first is None or second is None else first + second
