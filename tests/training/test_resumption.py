"""The saved training state; that it resumes exactly is shown with ``train``."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from einthoven.errors import TrainingError
from einthoven.training.resumption import LAST_STATE, Resumption, saved_state


def test_no_file_is_no_state(tmp_path):
    assert saved_state(tmp_path, fingerprint="a") is None


def test_a_state_comes_back(tmp_path):
    state = {"step": 3, "callbacks": {Resumption.state_key: {"fingerprint": "a"}}}
    torch.save(state, tmp_path / LAST_STATE)
    assert saved_state(tmp_path, fingerprint="a") == state
    assert saved_state(tmp_path, fingerprint="b") is None  # left by a run with other settings


def test_a_file_with_code_in_it_is_refused(tmp_path):
    torch.save({"step": print}, tmp_path / LAST_STATE)
    with pytest.raises(TrainingError, match="delete it"):
        saved_state(tmp_path, fingerprint="a")


class Place:
    """A loader's place."""

    def __init__(self, position):
        self.position = position

    def state_dict(self):
        """Return it."""
        return {"position": self.position}

    def load_state_dict(self, state):
        """Go there."""
        self.position = state["position"]


def test_all_processes_begin_at_the_place_of_the_first(tmp_path):
    """A machine with less memory would read in another order."""
    batches = Place(3)
    strategy = SimpleNamespace(broadcast=lambda own: {"position": own["position"] + 4})
    resumption = Resumption(tmp_path, batches, fingerprint="a", every_steps=1)
    resumption.on_fit_start(SimpleNamespace(strategy=strategy), None)
    assert batches.position == 7
