"""What is known of a published model: enough to load its weights strictly and to feed it rightly; needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import UnknownNameError
from einthoven.models.head_settings import HeadSettings
from einthoven.registry import nearest

__all__ = ["Ignored", "PublicModel", "Seen", "WeightSource"]


@dataclass(frozen=True, slots=True)
class WeightSource:
    """Where the weights are offered.

    Attributes
    ----------
    address : str
    file : str
        Its name there.
    sha256 : str
        Empty where nobody published it.
    """

    address: str
    file: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A data set that the weights have seen: an evaluation on it says little about other patients.

    Attributes
    ----------
    data_set : str
        Name of the source in einthoven (``ptb_xl``, ``mimic_iv_ecg``...) where there is one, otherwise in words.
    version : str
        Of the data set; empty where the authors don't say.
    split : str
        What part of it, in words: ``all``, ``folds 1 to 8``, ``training``.
    """

    data_set: str
    version: str = ""
    split: str = "all"


@dataclass(frozen=True, slots=True)
class Ignored:
    """Tensors that are in the file and have no part in the network.

    Attributes
    ----------
    pattern : str
        Regular expression that matches the whole key.
    reason : str
        Why it may be left out, for the report.
    """

    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublicModel:
    """One published set of weights.

    Attributes
    ----------
    name : str
        Key of ``PUBLIC_MODELS``.
    title, reference : str
        What it is, in one line; paper, with DOI or address.
    architecture : str
        Key of ``ARCHITECTURES``.
    settings : mapping
        Of the architecture.
    presets : mapping of str to InputSpec
        How the authors prepare their input; the first is the default. There are several where they contradict
        themselves.
    container : tuple of str
        Keys that lead from the file's outermost dictionary to the tensors; empty when it holds nothing else.
    key_map : tuple of (pattern, replacement)
        Regular expressions on whole keys of the file, and what they are called here (``encoder.``..., ``head.``...);
        the first that matches counts. A key that none matches is refused.
    ignored : tuple of Ignored
    labels : tuple of str
        Meaning of the outputs, in order; empty for an encoder.
    head : HeadSettings
    covariates : tuple of str
        What the head reads beside the features, in order: name, coding, unit and standardisation of each, in words.
    n_parameters : int
        As published; what is counted is said in ``counted``.
    counted : str
        What of the file's tensors ``n_parameters`` counts; empty for all that is loaded.
    pretrained_on : tuple of Seen
    code_licence, weight_licence : str
        ``unknown`` where none is stated.
    commercial_use : bool, optional
        Whether the weights' licence allows it; None when unknown.
    sources : tuple of WeightSource
    warnings : tuple of str
        What users stumbled over, one sentence each.
    converter : str
        ``module:function`` that takes {key of the file: Tensor} to the same with tensors laid out as torch has them;
        empty when nothing needs to be turned.
    key_of_lead : str
        Regular expression of the file's tensors that belong to one lead alone, with ``{row}`` for the lead's number, of
        a model that can be fed some of its leads (``fewer_leads.py``); empty when there are none such tensors.
    """

    name: str
    title: str
    reference: str
    architecture: str
    settings: Mapping[str, Any]
    presets: Mapping[str, InputSpec]
    key_map: tuple[tuple[str, str], ...]
    n_parameters: int
    code_licence: str
    weight_licence: str
    commercial_use: bool | None
    pretrained_on: tuple[Seen, ...]
    sources: tuple[WeightSource, ...]
    container: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    labels: tuple[str, ...] = ()
    head: HeadSettings = field(default_factory=lambda: HeadSettings(dropout=0.0))
    covariates: tuple[str, ...] = ()
    counted: str = ""
    warnings: tuple[str, ...] = ()
    converter: str = ""
    key_of_lead: str = ""
    file_kind: Literal["torch", "safetensors", "keras"] = "torch"

    @property
    def spec(self) -> InputSpec:
        """The default preset."""
        return next(iter(self.presets.values()))

    def is_published(self, sha256: str) -> bool | None:
        """Return whether a file of this SHA-256 is the published one; None where none was published."""
        known = {source.sha256 for source in self.sources if source.sha256}
        return sha256 in known if known else None

    def prepared_as(self, preset: str | None = None) -> InputSpec:
        """Return a preset by its name, the default without one.

        Raises
        ------
        UnknownNameError
            No such preset; names the nearest.
        """
        if preset is None:
            return self.spec
        if preset not in self.presets:
            raise UnknownNameError(f"{self.name} has no preset {preset!r}{nearest(preset, self.presets)}")
        return self.presets[preset]
