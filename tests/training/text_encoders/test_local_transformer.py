"""A language model from a folder: its mean over words, whatever else is in the batch; never from the net."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.training.text_encoders.local_transformer import LocalTransformer

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "sinus", "rhythm", "atrial", "fibrillation", "normal", "ecg"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a BERT of one layer."""
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("bert")
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_a_vector_is_the_mean_over_the_words_of_its_text(folder):
    """Padding to the longest text of a batch and the order of texts change nothing; what is too long is cut."""
    from transformers import BertModel

    texts = ["sinus rhythm normal ecg", "atrial fibrillation", "normal " * 40]
    got = LocalTransformer(str(folder)).encode(texts)
    model = BertModel.from_pretrained(folder).eval()
    for text, vector in zip(texts, got, strict=True):
        words = [WORDS.index(w) for w in ["[CLS]", *text.split()[:14], "[SEP]"]]
        with torch.no_grad():
            expected = model(input_ids=torch.tensor([words])).last_hidden_state[0].mean(dim=0)
        np.testing.assert_allclose(vector, expected.numpy(), atol=1e-5)


def test_without_a_folder_it_says_what_to_name():
    """The folder stands behind a colon."""
    with pytest.raises(SpecificationError, match="text_encoder = 'local_transformer:FOLDER'"):
        LocalTransformer("")


def test_a_name_of_a_hub_is_no_folder():
    """Nothing is downloaded."""
    with pytest.raises(SpecificationError, match="got 'bert-base-uncased' without it: nothing is downloaded"):
        LocalTransformer("bert-base-uncased")


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    """The package is asked for only where it is used."""
    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SpecificationError, match="pip install transformers; or use text_encoder = 'hashed_ngrams'"):
        LocalTransformer(str(tmp_path))
