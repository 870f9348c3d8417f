"""The first step of several processes, tried alone."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from einthoven.training.impossible_step import ImpossibleStepError
from einthoven.training.rehearsal import NOTED_SIZE, first_batch, note_size, rehearse


class StubModule(nn.Module):
    """What a rehearsal asks of the module: steps that need room for each window."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.used, self.unused = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
        self.register_buffer("seen", torch.zeros(()))
        self.room, self.micro_batch_size, self.tried, self.told = room, 8, [], []
        strategy = SimpleNamespace(root_device=torch.device("cpu"), batch_to_device=lambda batch, _: batch)
        plugin = SimpleNamespace(train_step_context=nullcontext)
        self.trainer = SimpleNamespace(world_size=2, strategy=strategy, precision_plugin=plugin)
        self.tell = self.told.append

    def moving_copies(self):
        """Return the buffers' values."""
        return [self.seen.clone()]

    def undo(self, before):
        """Put them back."""
        self.zero_grad()
        self.seen.copy_(before[0])

    def summed(self, batch):
        """Do a step."""
        self.tried.append(self.micro_batch_size)
        self.seen += 1
        if self.micro_batch_size > self.room:
            raise torch.OutOfMemoryError("no room")
        (self.used * len(batch["patient"])).sum().backward()


@pytest.fixture(autouse=True)
def _alone(tmp_path):
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/meet", rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


BATCH = {"patient": torch.arange(8)}


def test_a_size_that_fits_is_found_and_nothing_else_changes(tmp_path):
    """It is told; a weight that no gradient reaches is found out."""
    module = StubModule(room=3)
    assert rehearse(module, BATCH, folder=tmp_path) == (2, True)
    assert module.tried == [8, 4, 2]
    assert module.micro_batch_size == 2
    assert module.told == ["out of memory in a trial of the first step: 2 windows at once in each process, not 8"]
    assert module.seen == 0
    assert module.used.grad is None


def test_a_size_noted_by_an_earlier_start_is_where_it_begins(tmp_path):
    """Who ran out of memory later on noted it."""
    note_size(tmp_path, 4)
    module = StubModule(room=8)
    module.unused.requires_grad_(False)
    assert rehearse(module, BATCH, folder=tmp_path) == (4, False)
    assert module.told == []
    assert (tmp_path / NOTED_SIZE).read_text() == "4\n"


def test_a_share_of_many_processes_is_no_limit_for_fewer_that_go_on(tmp_path):
    """Contrasts of a run that goes on with one process see the negatives of the whole batch, as before."""
    module = StubModule(room=1000)
    module.micro_batch_size = 64
    assert rehearse(module, BATCH, folder=tmp_path).micro_batch_size == 8
    assert module.tried == [8]
    assert module.micro_batch_size == 64


def test_no_room_for_a_single_window_is_an_error(tmp_path):
    """In all processes, as they agree."""
    with pytest.raises(ImpossibleStepError, match="not even one window fits into memory at step 1"):
        rehearse(StubModule(room=0), BATCH, folder=tmp_path)


def test_the_first_batch_is_looked_at_without_taking_it():
    """The loader stays where it is."""

    class Loader:
        place = 3

        def __iter__(self):
            self.place += 1
            yield self.place

        def state_dict(self):
            return {"position": self.place}

        def load_state_dict(self, state):
            self.place = state["position"]

    loader = Loader()
    assert first_batch(loader) == 4
    assert loader.place == 3
