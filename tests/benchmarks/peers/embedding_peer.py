"""model2vec, wordllama, tokie and Hugging Face's tokenizers over the same texts, with the same table and tokenizers.

Reads a job named on the command line, writes one JSON object on stdout. Runs in an environment of its own and imports
nothing of the project.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import tokie
from model2vec import StaticModel
from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from wordllama.inference import WordLlamaInference

ROUNDS = 3
VOCABULARY = 30_000


def best_s(work: Callable[[], Any]) -> float:
    """The least of some rounds, in seconds."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def train_word_pieces(texts: Sequence[str], path: str) -> None:
    """A WordPiece tokenizer with BERT's settings, its vocabulary made of the texts themselves."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(path)


def tokenising(texts: Sequence[str], path: str) -> dict[str, Any]:
    """Seconds of each tokenizer for all texts, one after another, and how many texts tokie gives other tokens for."""
    theirs, quick = Tokenizer.from_file(path), tokie.Tokenizer.from_json(path)
    differing = sum(
        theirs.encode(text, add_special_tokens=False).ids != quick.encode(text, add_special_tokens=False).ids
        for text in texts
    )
    return {
        "tokieS": best_s(lambda: [quick.encode(text, add_special_tokens=False).ids for text in texts]),
        "huggingFaceS": best_s(lambda: [theirs.encode(text, add_special_tokens=False).ids for text in texts]),
        "tokieDiffering": differing,
    }


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    texts, sample = job["texts"], job["sample"]
    table = load_file(job["weights"])["embedding.weight"].astype(np.float32)
    model2vec = StaticModel(table, Tokenizer.from_file(job["pairs"]), normalize=True, max_length=None)
    wordllama = WordLlamaInference(table, Tokenizer.from_file(job["pairs"]))
    train_word_pieces(texts, job["pieces"])
    result = {
        "versions": {name: version(name) for name in ("model2vec", "wordllama", "tokie", "tokenizers")},
        "model2vecS": best_s(lambda: model2vec.encode(texts)),
        "wordllamaS": best_s(lambda: wordllama.embed(texts, norm=True)),
        "vectors": model2vec.encode(sample).tolist(),
        "pairs": tokenising(texts, job["pairs"]),
        "pieces": tokenising(texts, job["pieces"]),
    }
    print(json.dumps(result))


main()
