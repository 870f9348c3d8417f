"""What holds for every objective in the table ``OBJECTIVES``."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest
import torch

import einthoven.training.objectives as family
from einthoven.errors import SpecificationError
from einthoven.models.architectures import ARCHITECTURES, build_encoder
from einthoven.registry import resolve
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.objectives.objective import Objective
from fakes.tiny_objectives import CASES, FACTS, made, part_of, toy_views

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(family.__file__).parent


@pytest.fixture(params=sorted(OBJECTIVES))
def name(request):
    """Return the name of each member."""
    return request.param


def _step(encoder, objective, views, optimizer) -> dict[str, float]:
    terms = objective(encoder, views)
    optimizer.zero_grad()
    terms["loss"].backward()
    optimizer.step()
    objective.after_step(encoder, progress=views.progress)
    return {term: float(value.detach()) for term, value in terms.items()}


def _optimizer(encoder, objective):
    parameters = [p for module in (encoder, objective) for p in module.parameters() if p.requires_grad]
    return torch.optim.AdamW(parameters, lr=3e-3, weight_decay=0.0)


def test_each_is_a_final_class_with_frozen_settings(name):
    """As the contract of ``Objective`` says."""
    kind = resolve("objectives", name, OBJECTIVES)
    assert issubclass(kind, Objective)
    assert not kind.__subclasses__()
    assert dataclasses.is_dataclass(kind.settings_type)
    assert kind.settings_type.__dataclass_params__.frozen
    kind.settings_type()


def test_terms_are_finite_scalars_and_the_gradient_reaches_the_encoder(name):
    """Among them is the loss; the encoder isn't part of the objective."""
    encoder, objective = made(name)
    terms = objective(encoder, toy_views())
    assert all(term.ndim == 0 and term.isfinite() for term in terms.values())
    terms["loss"].backward()
    gradients = [p.grad for p in encoder.parameters() if p.grad is not None]
    assert any(gradient.abs().sum() > 0 for gradient in gradients)
    shared = {id(p) for p in encoder.parameters()} & {id(p) for p in objective.parameters()}
    assert not shared


def test_a_toy_batch_is_learnt(name):
    """The loss falls over some steps, and the same seed gives the same numbers."""
    curves = []
    for _ in range(2):
        encoder, objective = made(name)
        optimizer, views = _optimizer(encoder, objective), toy_views()
        curves.append([_step(encoder, objective, views, optimizer)["loss"] for _ in range(30)])
    assert curves[0] == curves[1]
    first, last = sum(curves[0][1:6]) / 5, sum(curves[0][-5:]) / 5
    assert last < first


def test_another_start_gives_other_numbers(name):
    """Weights come from the random state."""
    losses = [float(objective(encoder, toy_views())["loss"]) for encoder, objective in (made(name), made(name, seed=1))]
    assert losses[0] != losses[1]


def test_choices_do_not_depend_on_the_random_state(name):
    """Masks and negatives come from the samples' keys; other keys may choose others."""
    encoder, objective = made(name)
    losses = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        losses.append(float(objective(encoder, toy_views())["loss"]))
    assert losses[0] == losses[1]


def test_parts_of_a_batch_have_the_losses_that_they_have_in_it(name):
    """Where no sample is compared with another, the mean over equal parts is the loss of the whole.

    Batch normalisation, which some encoders have, uses its running statistics here.
    """
    case = CASES[name]
    if case.apart is None:
        pytest.skip("compares samples with each other by its nature")
    encoder, objective = made(name, settings=case.apart)
    encoder.eval()
    views = toy_views()
    whole = float(objective(encoder, views)["loss"])
    for size in (4, 2):
        parts = [part_of(views, slice(first, first + size)) for first in range(0, 8, size)]
        losses = [float(objective(encoder, part)["loss"]) for part in parts]
        assert sum(losses) / len(losses) == pytest.approx(whole, rel=1e-4)


def test_a_saved_state_is_the_whole_state(name):
    """Objective and encoder go on from their states with the losses that they would have had."""
    encoder, objective = made(name)
    optimizer, views = _optimizer(encoder, objective), toy_views()
    for _ in range(2):
        _step(encoder, objective, views, optimizer)
    again_encoder, again = made(name, seed=1)
    again_encoder.load_state_dict(encoder.state_dict())
    again.load_state_dict(objective.state_dict())
    assert float(again(again_encoder, views)["loss"]) == float(objective(encoder, views)["loss"])


def test_an_encoder_that_does_not_suit_is_refused_by_the_names_of_those_that_do(name):
    """Objectives that take any encoder take a plain one."""
    kind = resolve("objectives", name, OBJECTIVES)
    encoder = build_encoder("fcn", n_leads=2)
    if not CASES[name].picky:
        kind(kind.settings_type(**CASES[name].objective), encoder, FACTS)
        return
    with pytest.raises(SpecificationError) as caught:
        kind(kind.settings_type(**CASES[name].objective), encoder, FACTS)
    assert CASES[name].architecture in str(caught.value)
    assert any(word.strip(",;:") in ARCHITECTURES for word in str(caught.value).split())


def _objective_classes(path: Path) -> list[str]:
    """Return the names of the classes in a file whose base is ``Objective``."""
    classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    return [node.name for node in classes if any(ast.unparse(base) == "Objective" for base in node.bases)]


def test_each_file_with_an_objective_is_listed_under_its_own_name():
    """None is forgotten in the folder."""
    found = {
        path.stem: f"{family.__name__}.{path.stem}:{class_name}"
        for path in sorted(FOLDER.glob("*.py"))
        for class_name in _objective_classes(path)
    }
    assert found == OBJECTIVES


def test_each_is_tested_and_documented_with_its_paper(name):
    """A test file of the same stem, a word in the reference of study files, a paper in the docstring."""
    assert (ROOT / "tests" / "training" / "objectives" / f"test_{name}.py").exists()
    page = (ROOT / "docs" / "reference" / "study_file.md").read_text()
    assert f"`{name}`" in page or f"objectives.{name}]" in page
    docstring = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text()))
    assert "arXiv:" in docstring or "doi:" in docstring


def test_each_is_tried_here():
    """With an encoder that it can train."""
    assert set(CASES) == set(OBJECTIVES)
