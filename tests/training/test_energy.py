"""Energy is what was measured, or said not to be; counters that wrap round and processes that go on are right."""

from __future__ import annotations

import stat

import pytest

from einthoven.training import energy as energy_file
from einthoven.training.energy import Energy, EnergyMeter, accelerator_watt, energy_from, processor_joule

KWH = 3.6e6


class Clock:
    """Times that are set by hand."""

    def __init__(self) -> None:
        self.now = self.processor = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    def process_time(self) -> float:
        """Return the processor's time."""
        return self.processor


@pytest.fixture
def clock(monkeypatch):
    """Return the clock that the meter reads."""
    clock = Clock()
    monkeypatch.setattr(energy_file, "time", clock)
    return clock


def _zone(folder, name, energy_uj, range_uj):
    zone = folder / name
    zone.mkdir(parents=True, exist_ok=True)
    (zone / "energy_uj").write_text(f"{energy_uj}\n")
    (zone / "max_energy_range_uj").write_text(f"{range_uj}\n")


def test_packages_are_read_and_their_parts_are_not_counted_twice(tmp_path):
    _zone(tmp_path, "intel-rapl:0", 5_000_000, 100_000_000)
    _zone(tmp_path, "intel-rapl:0:0", 3_000_000, 100_000_000)
    _zone(tmp_path, "intel-rapl:1", 7_000_000, 100_000_000)
    assert processor_joule(tmp_path) == {"intel-rapl:0": (5.0, 100.0), "intel-rapl:1": (7.0, 100.0)}


def test_a_package_that_cannot_be_read_makes_all_unknown(tmp_path):
    _zone(tmp_path, "intel-rapl:0", 5_000_000, 100_000_000)
    (tmp_path / "intel-rapl:1").mkdir()
    assert processor_joule(tmp_path) == {}
    assert processor_joule(tmp_path / "none") == {}


def test_counters_add_up_also_over_their_end(clock):
    readings = iter([{"0": (90.0, 100.0)}, {"0": (95.0, 100.0)}, {"0": (15.0, 100.0)}])
    meter = EnergyMeter(joule=lambda: next(readings), interval_s=1e6)
    meter.start()
    clock.now, clock.processor = 10.0, 18.0
    assert meter.energy.processor_kwh == pytest.approx(5 / KWH)
    clock.now = 20.0
    found = meter.energy
    meter.stop()
    assert found.processor_kwh == pytest.approx(25 / KWH)
    assert (found.seconds, found.processor_hours, found.accelerator_kwh) == (20.0, 18 / 3600, None)


def test_the_power_of_accelerators_is_integrated_over_time(clock):
    powers = iter([100.0, 300.0, 300.0])
    meter = EnergyMeter(accelerators=("a",), joule=dict, watt=lambda _: next(powers), interval_s=1e6)
    meter.start()
    clock.now = 10.0
    assert meter.energy.accelerator_kwh == pytest.approx(2000 / KWH)
    clock.now = 15.0
    assert meter.energy.accelerator_kwh == pytest.approx(3500 / KWH)
    meter.stop()


def test_a_gap_in_the_measurement_makes_it_unknown(clock):
    powers = iter([100.0, None, 300.0])
    meter = EnergyMeter(accelerators=("a",), joule=dict, watt=lambda _: next(powers), interval_s=1e6)
    meter.start()
    assert meter.energy.accelerator_kwh is None
    assert meter.energy.accelerator_kwh is None
    meter.stop()


def test_a_run_that_goes_on_adds_to_what_was_measured_before(clock):
    before = Energy(seconds=100.0, processor_hours=1.0, processor_kwh=2.0)
    readings = iter([{"0": (0.0, 1e9)}, {"0": (KWH, 1e9)}])
    meter = EnergyMeter(joule=lambda: next(readings), interval_s=1e6, stated_watt=50.0)
    meter.start(before)
    clock.now = 10.0
    found = meter.energy
    meter.stop()
    assert (found.seconds, found.processor_kwh, found.stated_watt) == (110.0, 3.0, 50.0)


def test_what_an_earlier_process_could_not_measure_stays_unknown(clock):
    meter = EnergyMeter(joule=lambda: {"0": (0.0, 1e9)}, interval_s=1e6)
    meter.start(Energy(seconds=100.0))
    clock.now = 10.0
    assert meter.energy.processor_kwh is None
    meter.stop()


def test_nothing_is_estimated_unless_a_power_is_stated():
    found = Energy(seconds=3600.0, processor_hours=1.0)
    assert found.estimated_kwh is None
    assert "not measured" in found.in_words()
    assert Energy(seconds=3600.0, stated_watt=200.0).estimated_kwh == pytest.approx(0.2)


def test_values_come_back_from_plain_ones():
    found = Energy(seconds=5.0, processor_kwh=1.0)
    assert energy_from({"seconds": 5.0, "processor_kwh": 1.0, "something": 3.0}) == found


@pytest.mark.parametrize(
    ("answer", "uuids", "watt"),
    [
        ("GPU-a, 100.5\nGPU-b, 50.0\n", ("GPU-a", "GPU-b"), 150.5),
        ("GPU-a, 100.5\nGPU-b, 50.0\n", ("GPU-b",), 50.0),
        ("GPU-a, [N/A]\n", ("GPU-a",), None),
        ("GPU-a, 100.5\n", ("GPU-z",), None),
        ("", ("GPU-a",), None),
    ],
)
def test_the_power_is_that_of_the_runs_own_accelerators(tmp_path, answer, uuids, watt):
    command = tmp_path / "smi"
    command.write_text(f"#!/bin/sh\nprintf '{answer}'\n".replace("\n'", "\\n'").replace("\nGPU", "\\nGPU"))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    assert accelerator_watt(uuids, command=str(command)) == watt


def test_a_machine_without_the_tool_tells_nothing(tmp_path):
    assert accelerator_watt(("GPU-a",), command=str(tmp_path / "none")) is None
