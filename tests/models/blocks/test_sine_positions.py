"""Positions against the formula, cell by cell."""

from __future__ import annotations

import math

import pytest

from einthoven.models.blocks.sine_positions import sine_grid, sine_positions


def test_sines_fill_the_first_half_and_cosines_the_second():
    table = sine_positions(30, 8)
    for position in (0, 1, 29):
        for k in range(4):
            angle = position / 10_000 ** (k / 4)
            assert float(table[position, k]) == pytest.approx(math.sin(angle), abs=1e-7)
            assert float(table[position, 4 + k]) == pytest.approx(math.cos(angle), abs=1e-7)


def test_a_cell_of_a_grid_tells_its_column_and_then_its_row():
    grid, line = sine_grid(3, 5, 8), sine_positions(5, 4)
    for row in range(3):
        for column in range(5):
            cell = grid[5 * row + column]
            assert cell[:4].equal(line[column])
            assert cell[4:].equal(line[row])
