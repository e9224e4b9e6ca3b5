"""Folders with models small enough to be written by hand."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

WORDS = ("[UNK]", "dough", "oven", "tide", "limpet")


def safetensors(rows: list[list[float]]) -> bytes:
    """A file with one table of vectors, as model2vec writes it."""
    numbers = struct.pack(f"<{len(rows) * len(rows[0])}f", *(number for row in rows for number in row))
    head = json.dumps(
        {"embeddings": {"dtype": "F32", "shape": [len(rows), len(rows[0])], "data_offsets": [0, len(numbers)]}}
    ).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + numbers


def static(folder: Path) -> Path:
    """A static model that knows four words."""
    folder.mkdir(parents=True)
    rows = [[1.0 if column == row else 0.0 for column in range(len(WORDS))] for row in range(len(WORDS))]
    (folder / "model.safetensors").write_bytes(safetensors(rows))
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {word: number for number, word in enumerate(WORDS)},
        },
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    return folder


def transformer(folder: Path, dimensions: int = 8, **options: Any) -> Path:
    """What a sentence-transformers model is made of, with weights that nobody can use."""
    (folder / "1_Pooling").mkdir(parents=True)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    write(folder, "modules.json", modules)
    write(folder, "1_Pooling/config.json", {"word_embedding_dimension": dimensions, "pooling_mode_mean_tokens": True})
    write(folder, "config.json", {"model_type": "bert", "hidden_size": dimensions, "vocab_size": 250037, **options})
    write(folder, "tokenizer.json", {"model": {"vocab": {"auto_map": 1}}})
    write(folder, "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", "model_max_length": 512})
    write(folder, "sentence_bert_config.json", {"max_seq_length": 256})
    (folder / "model.safetensors").write_bytes(safetensors([[1.0]]))
    return folder


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content))
