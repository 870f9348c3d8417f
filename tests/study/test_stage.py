"""A stage runs once for its inputs, again for others, and again when it was cut short."""

from __future__ import annotations

import json

import pytest

from einthoven.study.stage import Stage, hash_of


def stage(run, **inputs: str) -> Stage:
    return Stage(run, "train", inputs or {"cohort": "a"}, "0.1.0", "env", arm="main", seed=3)


def count(calls: list[int]):
    def work(folder):
        calls.append(1)
        (folder / "weights").write_text("x")

    return work


def test_finished_stage_is_not_run_again(tmp_path):
    """Same inputs, one run; the record says what it was made from."""
    calls: list[int] = []
    folder = stage(tmp_path).run_once(count(calls))
    stage(tmp_path).run_once(count(calls))
    assert calls == [1]
    assert folder == tmp_path / "stages" / "train" / "main" / "3"
    written = json.loads((folder / "stage.json").read_text())
    assert (written["status"], written["inputs"], written["seed"]) == ("done", {"cohort": "a"}, 3)


def test_other_inputs_run_again_on_an_empty_folder(tmp_path):
    """Nothing of the earlier inputs is left to be resumed from."""
    stage(tmp_path).run_once(count([]))
    seen: list[list[str]] = []
    stage(tmp_path, cohort="b").run_once(lambda folder: seen.append(sorted(path.name for path in folder.iterdir())))
    assert seen == [["stage.json"]]


def test_stage_that_failed_keeps_its_state_and_runs_again(tmp_path):
    """A kill leaves 'running' behind; the next call hands the same folder to the work."""

    def fails(folder):
        (folder / "last.ckpt").write_text("step 7")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        stage(tmp_path).run_once(fails)
    assert not stage(tmp_path).is_done()
    stage(tmp_path).run_once(lambda folder: (folder / "found").write_text((folder / "last.ckpt").read_text()))
    assert (stage(tmp_path).folder / "found").read_text() == "step 7"


def test_results_of_an_earlier_state_are_removed_before_a_stage_runs_again(tmp_path):
    """A report must never mix a new cohort with an old evaluation."""
    results = Stage(tmp_path, "evaluate", {"x": "1"}, "0.1.0", "env")
    results.run_once(lambda folder: (folder / "evaluation.json").write_text("{}"))
    stage(tmp_path, cohort="new").run_once(lambda _: None)
    assert not results.folder.exists()
    assert not results.is_done()


def test_missing_artefact_and_damaged_record_run_again(tmp_path):
    """Finished is what is there."""
    calls: list[int] = []
    folder = stage(tmp_path).run_once(count(calls))
    (folder / "weights").unlink()
    stage(tmp_path).run_once(count(calls))
    (folder / "stage.json").write_text("")
    stage(tmp_path).run_once(count(calls))
    assert calls == [1, 1, 1]


def test_hash_of_values_ignores_the_order_of_keys(tmp_path):
    """Plain values by canonical JSON, files by their bytes."""
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})
    (tmp_path / "x").write_bytes(b"1")
    (tmp_path / "y").write_bytes(b"1")
    assert hash_of(tmp_path / "x") == hash_of(tmp_path / "y")
