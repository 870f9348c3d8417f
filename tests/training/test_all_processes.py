"""What processes know together; runs of two real processes are compared with one in test_pretrain."""

from __future__ import annotations

import torch

from einthoven.training.all_processes import mean_terms, names_of_all


def test_one_process_asks_nobody():
    """Nothing has to be connected."""
    terms = {"loss": torch.tensor(2.0)}
    assert mean_terms(terms, world_size=1) == terms
    assert names_of_all(["a", "b"], world_size=1) == ["a", "b"]


def test_terms_of_two_processes_are_averaged_one_by_one(monkeypatch):
    """The other process has 4 and 6."""
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda own: own.add_(torch.tensor([4.0, 6.0])))
    found = mean_terms({"loss": torch.tensor(2.0), "cpc.loss": torch.tensor(0.0)}, world_size=2)
    assert {name: value.item() for name, value in found.items()} == {"loss": 3.0, "cpc.loss": 3.0}


def test_names_of_two_processes_follow_each_other(monkeypatch):
    """Also where a process has none."""

    def gather(parts, own):
        parts[:] = [own, [], ["c"]]

    monkeypatch.setattr(torch.distributed, "all_gather_object", gather)
    assert names_of_all(["a", "b"], world_size=3) == ["a", "b", "c"]
