"""What a network is pretrained for: one objective per file, each a term of a weighted sum.

``OBJECTIVES`` lists them; a study names them in ``[pretrain.NAME.objectives]``.
"""

from __future__ import annotations

__all__ = ["OBJECTIVES"]

OBJECTIVES = {
    "cpc": "einthoven.training.objectives.cpc:Cpc",
    "cross_modal": "einthoven.training.objectives.cross_modal:CrossModal",
    "jepa": "einthoven.training.objectives.jepa:Jepa",
    "masked_patches": "einthoven.training.objectives.masked_patches:MaskedPatches",
    "patient_contrast": "einthoven.training.objectives.patient_contrast:PatientContrast",
    "periods": "einthoven.training.objectives.periods:Periods",
    "supervised": "einthoven.training.objectives.supervised:Supervised",
    "wav2vec2_cmsc": "einthoven.training.objectives.wav2vec2_cmsc:Wav2Vec2Cmsc",
}
