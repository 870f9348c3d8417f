"""The table of published models."""

from __future__ import annotations

from einthoven.models.public.public_model import PublicModel
from einthoven.registry import names, resolve

__all__ = ["PUBLIC_MODELS", "public_model", "public_model_names"]

PUBLIC_MODELS: dict[str, str] = {
    "code": "einthoven.models.public.code:CODE",
    "code_age": "einthoven.models.public.code_age:CODE_AGE",
    "ecg_cpc": "einthoven.models.public.ecg_cpc:ECG_CPC",
    "ecg_fm_finetuned": "einthoven.models.public.ecg_fm:ECG_FM_FINETUNED",
    "ecg_fm_pretrained": "einthoven.models.public.ecg_fm:ECG_FM_PRETRAINED",
    "ecg_jepa_multiblock": "einthoven.models.public.ecg_jepa:ECG_JEPA_MULTIBLOCK",
    "ecg_jepa_random": "einthoven.models.public.ecg_jepa:ECG_JEPA_RANDOM",
    "ecgfounder_12lead": "einthoven.models.public.ecgfounder:ECGFOUNDER_12LEAD",
    "ecgfounder_1lead": "einthoven.models.public.ecgfounder:ECGFOUNDER_1LEAD",
    "echonext_mini": "einthoven.models.public.echonext:ECHONEXT_MINI",
    "hubert_ecg_base": "einthoven.models.public.hubert_ecg:HUBERT_ECG_BASE",
    "hubert_ecg_small": "einthoven.models.public.hubert_ecg:HUBERT_ECG_SMALL",
    "merl_resnet18": "einthoven.models.public.merl_resnet:MERL_RESNET18",
    "merl_vit_tiny": "einthoven.models.public.merl_vit:MERL_VIT_TINY",
    "st_mem": "einthoven.models.public.st_mem:ST_MEM",
    "st_mem_full": "einthoven.models.public.st_mem:ST_MEM_FULL",
}


def public_model(name: str) -> PublicModel:
    """Return a published model's facts.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    """
    model: PublicModel = resolve("public_models", name, PUBLIC_MODELS)
    return model


def public_model_names() -> list[str]:
    """Return all names, those of other packages included, sorted."""
    return names("public_models", PUBLIC_MODELS)
