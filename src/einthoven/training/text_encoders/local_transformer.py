"""Reports through a language model that lies in a folder: the mean of its last hidden states over a text's words.

The mean over words compares sentences better than the first token does (Reimers and Gurevych 2019, arXiv:1908.10084,
table 6). Needs the package ``transformers``; nothing is downloaded, and no code from the folder is run.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.training.text_encoders.text_encoder import TextEncoder

__all__ = ["LocalTransformer"]

AT_ONCE = 32
"""Texts that go through the model together."""

MOST_TOKENS = 512
"""Of a text; what follows is cut off. As long as BERT and its kin take."""


class LocalTransformer(TextEncoder):
    """A model that ``transformers`` reads.

    Parameters
    ----------
    argument : str
        Folder with ``config.json``, weights and tokenizer.
    """

    def __init__(self, argument: str) -> None:
        if not argument:
            raise SpecificationError("local_transformer needs a folder: text_encoder = 'local_transformer:FOLDER'")
        if not (Path(argument) / "config.json").is_file():
            raise SpecificationError(
                f"local_transformer reads a folder with config.json, weights and tokenizer, got {argument!r} without "
                "it: nothing is downloaded, so put the model there first"
            )
        if importlib.util.find_spec("transformers") is None:
            raise SpecificationError(
                "local_transformer needs the package transformers, which isn't installed: pip install transformers; "
                "or use text_encoder = 'hashed_ngrams'"
            )
        self.folder = argument

    @override
    @torch.inference_mode()
    def encode_distinct(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (text, hidden width of the model)."""
        from transformers import AutoModel, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        model = AutoModel.from_pretrained(self.folder, local_files_only=True, dtype=torch.float32).eval()
        most = min(MOST_TOKENS, getattr(model.config, "max_position_embeddings", MOST_TOKENS))
        by_length = np.argsort([len(text) for text in texts], kind="stable")
        parts = [
            _means(model, tokenizer([texts[i] for i in some], padding=True, truncation=True, max_length=most))
            for some in np.array_split(by_length, -(-len(texts) // AT_ONCE))
        ]
        vectors = np.concatenate(parts)[np.argsort(by_length)]
        return np.asarray(vectors, np.float32)


def _means(model: Any, tokenized: Any) -> NDArray[np.float32]:
    inputs = {key: torch.tensor(value) for key, value in tokenized.items()}
    hidden = model(**inputs).last_hidden_state
    there = inputs["attention_mask"].unsqueeze(2)
    means: NDArray[np.float32] = ((hidden * there).sum(dim=1) / there.sum(dim=1)).numpy()
    return means
