"""The pages that document architectures and published models, made from their tables (``einthoven models page``)."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from einthoven.cli.models_card import (
    default_encoder,
    usual_window,
    what_a_token_sees,
    what_it_is,
    what_to_know,
)
from einthoven.ecg.input_words import input_in_words
from einthoven.errors import LeadError

if TYPE_CHECKING:
    from einthoven.models.public.public_model import PublicModel

__all__ = ["PAGES", "architectures_page", "public_models_page"]

_ARCHITECTURES_HEAD = """\
# Architectures

<!-- einthoven models page architectures > docs/reference/architectures.md -->

`architecture` in an [arm of a study](study_file.md) takes one of these names, and `settings` takes the keys that stand
under it; whatever isn't given has the default. An architecture is an encoder: a window of leads becomes tokens, and
tokens one vector of features. Labels, dropout before them and covariates belong to the `head`.

Weights and GFLOP are those of the encoder with its default settings, 12 leads and a window of 2,500 samples (10 s at
250 Hz; where that isn't taken, the longest that is). A multiplication with its addition counts as two operations. What
a token sees are the samples that it depends on. `einthoven models show NAME` prints the same of one architecture, and
`einthoven.models.cost` counts a network with any settings. A
checkpoint keeps all settings; a default that changes later doesn't change it.

This page is what `einthoven models page architectures` prints.
"""
_PUBLIC_HEAD = """\
# Published models

<!-- einthoven models page published > docs/reference/public_models.md -->

What is known of each model whose published weights can be loaded: what it must be fed, what its outputs mean, what it
has seen and what its licence says. No weights are shipped: get the file at the address given, and see
[how to use it](../how_to/use_a_published_model.md). `einthoven models show NAME` prints the same in the terminal.

Where authors contradict themselves about the input, or describe several ways, there are several presets; the first is
the default. What isn't established is said to be unknown. A data set that has a [source](sources.md) here goes by that
name.

This page is what `einthoven models page published` prints.
"""
_LEADS_TRIED = (1, 15)
_SOURCES = "../../src/einthoven/models/public/"


def architectures_page() -> str:
    """Return the page of all architectures in Markdown."""
    from einthoven.models.architectures import ARCHITECTURES

    lines = [
        _ARCHITECTURES_HEAD,
        "| name | what | paper | weights | GFLOP | a token sees | windows | leads | blocks |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_architecture_row, ARCHITECTURES),
        "",
        "`blocks` is how many parts `Network.freeze` and layer-wise learning rates know beside the stem.",
    ]
    for name in ARCHITECTURES:
        lines += ["", *_architecture_section(name)]
    return "\n".join(lines) + "\n"


def public_models_page() -> str:
    """Return the page of all published models in Markdown."""
    from einthoven.models.public.catalogue import PUBLIC_MODELS, public_model

    models = [public_model(name) for name in PUBLIC_MODELS]
    lines = [
        _PUBLIC_HEAD,
        "| name | what | network | weights | leads | Hz | window | outputs | commercial use |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_public_row, models),
    ]
    listed: dict[tuple[str, ...], str] = {}
    for model in models:
        twin = listed.setdefault(model.labels, model.name) if model.labels else model.name
        file = PUBLIC_MODELS[model.name].partition(":")[0].rpartition(".")[2] + ".py"
        lines += ["", *_public_section(model, twin=twin, file=file)]
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {"architectures": architectures_page, "published": public_models_page}


def _architecture_row(name: str) -> str:
    from einthoven.models.cost import cost

    encoder = default_encoder(name)
    spent = cost(encoder, usual_window(encoder))
    links = re.findall(r"\[[^\]]*\]\([^)]*\)", _markdown(_module_text(name)))
    cells = (
        f"[`{name}`](#{name})",
        _markdown(_architecture(name).__doc__.splitlines()[0]).removesuffix("."),
        links[0],
        f"{spent.n_parameters:,}",
        f"{spent.flops / 1e9:.2f}",
        what_a_token_sees(encoder),
        str(encoder.lengths),
        _leads_taken(name),
        str(len(encoder.block_names)),
    )
    return _row(cells)


def _leads_taken(name: str) -> str:
    def takes(n_leads: int) -> bool:
        try:
            default_encoder(name, n_leads=n_leads)
        except LeadError:
            return False
        return True

    refused = [n_leads for n_leads in _LEADS_TRIED if not takes(n_leads)]
    return f"not {', '.join(map(str, refused))}" if refused else "any number"


def _architecture_section(name: str) -> Iterator[str]:
    from einthoven.models.public.catalogue import PUBLIC_MODELS, public_model

    yield f"## `{name}`"
    yield ""
    yield _markdown(_module_text(name))
    users = [model for model in PUBLIC_MODELS if public_model(model).architecture == name]
    if users:
        linked = ", ".join(f"[`{model}`](public_models.md#{model})" for model in users)
        yield f"\nPublished weights: {linked}."
    settings = _architecture(name).settings_type
    yield f"\n{_markdown(_beginning(settings.__doc__))}\n"
    yield "| setting | default | what it takes | meaning |"
    yield "|---|---|---|---|"
    defaults = {field.name: field.default for field in dataclasses.fields(settings)}
    for names, kind, meaning in _documented(settings):
        given = ", ".join(_plain(defaults[one]) for one in names)
        yield _row((", ".join(f"`{one}`" for one in names), given, _markdown(kind), _markdown(meaning)))


def _public_row(model: PublicModel) -> str:
    spec = model.spec
    cells = (
        f"[`{model.name}`](#{model.name})",
        _title(model),
        f"[`{model.architecture}`](architectures.md#{model.architecture})",
        f"{model.n_parameters:,}",
        str(len(spec.leads)),
        f"{spec.ingest.rate_hz:g}",
        f"{spec.view.window_s:g} s",
        str(len(model.labels) or "an encoder"),
        {True: "yes", False: "no", None: "not stated"}[model.commercial_use],
    )
    return _row(cells)


def _public_section(model: PublicModel, *, twin: str, file: str) -> Iterator[str]:
    """Return a model's lines; ``twin`` is a model above that has the same labels, or its own name."""
    yield f"## `{model.name}`"
    yield ""
    yield f"{_title(model)}."
    yield ""
    yield from _facts(what_it_is(model))
    yield ""
    words = [input_in_words(spec) for spec in model.presets.values()]
    yield _row(["input", *(f"preset `{preset}`" for preset in model.presets)])
    yield "|---" * (len(words) + 1) + "|"
    for key in words[0]:
        yield _row([key, *(told[key] for told in words)])
    yield ""
    shared = {"outputs": f"{len(model.labels)}, those of [`{twin}`](#{twin})"} if twin != model.name else {}
    yield from _facts((key, shared.get(key, told)) for key, told in what_to_know(model))
    yield f"- how this was found out, and where ours differs: [{file}]({_SOURCES}{file})"


def _title(model: PublicModel) -> str:
    return model.title[:1].upper() + model.title[1:]


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"- {key}: {_markdown(words)}" for key, words in facts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def _plain(value: Any) -> str:
    """Return a default as a study file has it."""
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


def _architecture(name: str) -> Any:
    from einthoven.models.architectures import ARCHITECTURES
    from einthoven.registry import resolve

    return resolve("architectures", name, ARCHITECTURES)


def _module_text(name: str) -> str:
    return (importlib.import_module(_architecture(name).__module__).__doc__ or "").strip()


def _beginning(docstring: str) -> str:
    """Return what a docstring says before its list of attributes."""
    first, _, rest = docstring.partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}".partition("\nAttributes\n")[0].strip()


def _documented(settings: type[Any]) -> Iterator[tuple[list[str], str, str]]:
    """Return names, type and meaning of each entry of the lists of attributes, those of what it extends first."""
    for kind in reversed(settings.__mro__[:-1]):
        rest = textwrap.dedent((kind.__doc__ or "").partition("\n")[2])
        _, _, attributes = rest.partition("Attributes\n----------\n")
        entries = re.split(r"^(?=\S)", attributes, flags=re.MULTILINE)[1:]
        for entry in entries:
            head, _, meaning = entry.partition("\n")
            names, _, type_ = head.partition(" : ")
            yield names.split(", "), type_, " ".join(meaning.split())


def _markdown(text: str) -> str:
    """Return a docstring's text with code and links as Markdown has them."""
    text = text.replace("``", "`")
    text = re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", text)
    text = re.sub(r"doi:(10\.\d{4,9}/[^\s,;)]*\w)", r"[doi:\1](https://doi.org/\1)", text)
    return re.sub(r"(?<![/\w])(github\.com/[\w./#-]*\w)", r"[\1](https://\1)", text)
