"""Tables grow by lines, are cut back after a kill, and take no damage from what a killed process left."""

from __future__ import annotations

import pytest

from einthoven.training.watching.step_table import StepTable, read_step_table


@pytest.fixture
def table(tmp_path):
    """Return a table with three lines."""
    table = StepTable(tmp_path / "table.csv")
    table.begin()
    for step in (10, 20, 30):
        table.append({"step": step, "loss": step / 7, "alarms": "", "rate": None})
    return table


def _steps(table) -> list[int]:
    return [int(line["step"]) for line in read_step_table(table.path)]


def test_lines_are_in_the_file_at_once(table):
    assert table.path.read_text() == "step,loss,alarms,rate\n10,1.42857,,\n20,2.85714,,\n30,4.28571,,\n"


def test_appending_does_not_write_what_is_there_again(table, monkeypatch):
    monkeypatch.setattr(StepTable, "_rewrite", None)
    table.append({"step": 40, "loss": 1.0})
    assert _steps(table) == [10, 20, 30, 40]


@pytest.mark.parametrize(("after", "kept"), [(30, [10, 20, 30]), (25, [10, 20]), (5, []), (None, [])])
def test_lines_behind_the_saved_step_are_cut_off(table, after, kept):
    again = StepTable(table.path)
    again.begin(after)
    assert _steps(again) == kept
    again.append({"step": 31, "loss": 9.0, "alarms": "", "rate": None})
    assert _steps(again) == [*kept, 31]


@pytest.mark.parametrize("rest", ["40,1.0", "40,1.", "\0\0\0\0", "forty,1.0,,\n50,1.0,,\n", "40,1.0\n"])
def test_what_a_killed_process_left_half_written_is_left_out(table, rest):
    with table.path.open("a") as file:
        file.write(rest)
    assert _steps(table) == [10, 20, 30]
    again = StepTable(table.path)
    again.begin(100)
    again.append({"step": 40, "loss": 2.0})
    assert _steps(again) == [10, 20, 30, 40]


def test_a_column_that_comes_later_is_empty_before(table):
    table.append({"step": 40, "loss": 2.0, "new": 5})
    lines = read_step_table(table.path)
    assert [line["new"] for line in lines] == ["", "", "", "5"]
    assert [line["loss"] for line in lines] == ["1.42857", "2.85714", "4.28571", "2"]


def test_no_file_is_no_lines_and_can_be_synced(tmp_path):
    table = StepTable(tmp_path / "none.csv")
    table.begin(7)
    table.sync()
    assert read_step_table(table.path) == []
