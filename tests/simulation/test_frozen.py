"""The parameters of the simulation are those that were settled before any study was run on what they make."""

from __future__ import annotations

from pathlib import Path

from einthoven.simulation.frozen import frozen_sha256, parameter_files, parameters_sha256


def test_no_parameter_has_changed_since_it_was_settled() -> None:
    assert parameters_sha256() == frozen_sha256(), (
        "a parameter file of einthoven.simulation differs from what was settled. Studies that were run on the settled "
        "parameters can't be repeated with others: undo the change. To settle new ones, validate them against real "
        "ECGs again (benchmarks/virtual_hospital), write parameters_sha256() into simulation/frozen_parameters.json "
        "and say in the CHANGELOG what changed."
    )


def test_every_part_of_the_simulator_has_its_parameters_among_them() -> None:
    folder = Path(parameter_files()[0].parents[0])
    while folder.name != "simulation":
        folder = folder.parent
    names = {path.relative_to(folder).as_posix() for path in parameter_files()}
    assert {"paper/statements.toml", "paper/echo_reports.toml", "paper/layouts.toml", "presets/A.toml"} <= names
    assert {"heart/parameters.toml", "rhythm/parameters.toml", "people/parameters.toml"} <= names
    assert "frozen_parameters.json" not in names
