"""What is in the queue after some steps, row by row."""

from __future__ import annotations

import torch

from einthoven.training.objectives.key_queue import KeyQueue


def _wait(queue: KeyQueue, samples: list[int]) -> None:
    sample = torch.tensor(samples)
    queue.wait(sample[:, None].float() * torch.ones(1, 2), patient=sample % 5, sample=sample)


def test_rows_go_round_and_the_oldest_make_room():
    """A batch that doesn't divide the queue wraps round; patients move with their rows."""
    queue = KeyQueue(5, 2)
    contents, filled = [], []
    for step in ([1, 2, 3], [4, 5, 6], [7, 8, 9]):
        _wait(queue, step)
        queue.push()
        contents.append(queue.rows[:, 0].tolist())
        filled.append(queue.filled.tolist())
    assert contents == [[1, 2, 3, 0, 0], [6, 2, 3, 4, 5], [6, 7, 8, 9, 5]]
    assert filled == [[True, True, True, False, False], [True] * 5, [True] * 5]
    assert queue.patient.tolist() == [1, 2, 3, 4, 0]
    assert queue.next.item() == 4


def test_a_step_larger_than_the_queue_leaves_its_last_rows():
    """Never more rows than there is room for."""
    queue = KeyQueue(2, 2)
    _wait(queue, [1, 2, 3, 4, 5])
    queue.push()
    assert sorted(queue.rows[:, 0].tolist()) == [4, 5]
    assert queue.next.item() == 0


def test_micro_batches_processes_and_second_attempts_fill_it_alike():
    """Rows go in by their number, each once: as the last attempt made it."""
    whole, parts = KeyQueue(8, 2), KeyQueue(8, 2)
    _wait(whole, [10, 11, 12, 13])
    parts.wait(torch.full((2, 2), -1.0), patient=torch.zeros(2, dtype=torch.int64), sample=torch.tensor([10, 11]))
    for some in ([13, 10], [11, 12]):  # begun again, in another order
        _wait(parts, some)
    whole.push()
    parts.push()
    assert torch.equal(whole.rows, parts.rows)
    assert torch.equal(whole.patient, parts.patient)


def test_nothing_goes_in_before_the_step_is_done_and_all_of_it_is_in_the_state():
    """A restart goes on with the same queue."""
    queue = KeyQueue(4, 2)
    _wait(queue, [1, 2, 3])
    assert not queue.filled.any()
    queue.push()
    again = KeyQueue(4, 2)
    again.load_state_dict(queue.state_dict())
    for one in (queue, again):
        _wait(one, [4, 5])
        one.push()
    assert again.rows[:, 0].tolist() == queue.rows[:, 0].tolist() == [5, 2, 3, 4]


def test_a_queue_of_size_none_keeps_nothing():
    """Without a queue nothing waits either."""
    queue = KeyQueue(0, 2)
    _wait(queue, [1])
    queue.push()
    assert queue.rows.shape == (0, 2)
