"""The table of architectures, and the one way to build an encoder or a network from a name and plain settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from einthoven.errors import LeadError
from einthoven.models.head_settings import HeadSettings
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.plain_settings import settings_from
from einthoven.registry import resolve

if TYPE_CHECKING:  # a study file can be read without torch
    from einthoven.models.encoder import Encoder
    from einthoven.models.network import Network

__all__ = ["ARCHITECTURES", "build", "build_encoder", "resolved_settings"]

ARCHITECTURES: dict[str, str] = {
    "code_resnet": "einthoven.models.code_resnet:CodeResNet",
    "conv_cpc": "einthoven.models.conv_cpc:ConvCpc",
    "efficientnet1d": "einthoven.models.efficientnet1d:EfficientNet1d",
    "fcn": "einthoven.models.fcn:Fcn",
    "hubert_ecg": "einthoven.models.hubert_ecg:HubertEcg",
    "inception_time": "einthoven.models.inception_time:InceptionTime",
    "jepa_vit": "einthoven.models.jepa_vit:JepaViT",
    "lstm_fcn": "einthoven.models.lstm_fcn:LstmFcn",
    "merl_resnet": "einthoven.models.merl_resnet:MerlResNet",
    "net1d": "einthoven.models.net1d:Net1d",
    "resnet1d": "einthoven.models.resnet1d:ResNet1d",
    "s4": "einthoven.models.s4:S4",
    "se_resnext1d": "einthoven.models.se_resnext1d:SeResNeXt1d",
    "vit1d": "einthoven.models.vit1d:ViT1d",
    "wav2vec2_ecg": "einthoven.models.wav2vec2_ecg:Wav2Vec2Ecg",
    "xresnet1d": "einthoven.models.xresnet1d:XResNet1d",
}


def build_encoder(name: str, *, n_leads: int, **settings: Any) -> Encoder:
    """Return an untrained encoder; its weights come from torch's global random state.

    Parameters
    ----------
    name : str
        Key of ``ARCHITECTURES``, or an entry point of ``einthoven.architectures``.
    n_leads : int
    **settings
        Fields of the architecture's dataclass of settings; lists stand for tuples.

    Raises
    ------
    UnknownNameError
        No such architecture, or no such setting; names the nearest.
    SpecificationError
        A setting has a value that the architecture refuses.
    LeadError
        The architecture doesn't take this number of leads.

    Examples
    --------
    >>> build_encoder("xresnet1d", n_leads=12, depth=18).n_layers
    18
    """
    architecture = resolve("architectures", name, ARCHITECTURES)
    encoder: Encoder = architecture(_settings(name, architecture, settings), n_leads=n_leads)
    return encoder


def build(
    name: str,
    *,
    n_leads: int,
    n_labels: int,
    head: HeadSettings | None = None,
    adaptation: LeadAdaptation | None = None,
    **settings: Any,
) -> Network:
    """Return an untrained network: an encoder as in ``build_encoder`` and a head.

    Parameters
    ----------
    name : str
    n_leads, n_labels : int
        Leads of the signal. Without labels the network's outputs are the features.
    head : HeadSettings, optional
    adaptation : LeadAdaptation, optional
        For an encoder of other leads than the signal's; the encoder is built for ``adaptation.to_leads``.
    **settings
        Of the architecture.

    Raises
    ------
    LeadError
        The adaptation is for a signal of another number of leads.

    Examples
    --------
    >>> build("xresnet1d", n_leads=12, n_labels=5, depth=18).head.linear.out_features
    5
    """
    from einthoven.models.blocks.lead_adapter import lead_adapter
    from einthoven.models.heads import build_head
    from einthoven.models.network import Network

    adaptation = adaptation or LeadAdaptation()
    if adaptation.kind != "none":
        if len(adaptation.from_leads) != n_leads:
            raise LeadError(f"the adaptation is for signals of {list(adaptation.from_leads)}, got {n_leads} leads")
        n_leads = len(adaptation.to_leads)
    encoder = build_encoder(name, n_leads=n_leads, **settings)
    built = build_head(
        head or HeadSettings(),
        feature_width=encoder.feature_width,
        token_width=encoder.token_width,
        n_labels=n_labels,
    )
    return Network(encoder, built, lead_adapter(adaptation))


def resolved_settings(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings of an architecture with defaults filled in, as plain values for JSON."""
    values = dataclasses.asdict(_settings(name, resolve("architectures", name, ARCHITECTURES), settings))
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _settings(name: str, architecture: Any, settings: Mapping[str, Any]) -> Any:
    return settings_from(architecture.settings_type, settings, where=f"architecture {name}")
