"""Two processes of half a batch each do the step of one with the whole batch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from fakes.objective_steps import KINDS, steps

TESTS = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def processes(tmp_path_factory) -> list[list[dict]]:
    """Return what two processes came to."""
    folder = tmp_path_factory.mktemp("processes")
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(TESTS / "fakes" / "objective_steps.py"), str(folder)]
    started = [subprocess.Popen([*command, str(rank), "2"], env=environment) for rank in (0, 1)]
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    return [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(KINDS)), ids=[kind.__name__ for kind, _ in KINDS])
def test_two_processes_learn_as_one(processes, index):
    """Losses, weights and queue, though beats, vectors and patients are spread unevenly."""
    alone = steps(0, 1)[index]
    for process in processes:
        torch.testing.assert_close(process[index], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_queue_is_the_same_on_all_processes(processes):
    """Row by row, bit for bit."""
    first, second = (process[0]["objective"] for process in processes)
    assert len({patient for patient in first["queue.patient"].tolist() if patient >= 0}) > 2
    for name in ("queue.rows", "queue.patient", "queue.next"):
        assert torch.equal(first[name], second[name])
