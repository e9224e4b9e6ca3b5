"""Stands in for the library in a worker: its vectors tell which text they were made of, its texts tell it to misbehave."""

import os
import time
import zlib
from pathlib import Path

import numpy

DIMENSIONS = 8


def vector(text: str) -> numpy.ndarray:
    """Of unit length, another one for each text."""
    numbers = numpy.random.default_rng(zlib.crc32(text.encode())).normal(size=DIMENSIONS)
    return (numbers / numpy.linalg.norm(numbers)).astype("f4")


class SentenceTransformer:
    def __init__(self, folder, *, device, trust_remote_code, local_files_only, model_kwargs):
        assert device == "cpu"
        assert not trust_remote_code
        assert local_files_only
        assert model_kwargs == {"use_safetensors": True}
        assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
        self.log = Path(folder, "log.md")
        self.wrote("loaded")
        patience = Path(folder, "seconds.md")
        time.sleep(float(patience.read_text()) if patience.exists() else 0)
        self.max_seq_length = 512

    def wrote(self, line):
        with self.log.open("a") as log:
            log.write(line + "\n")

    def encode(self, texts, batch_size=32, normalize_embeddings=True, show_progress_bar=None):
        self.wrote(f"{len(texts)} texts of at most {self.max_seq_length} tokens: {texts[0][:20]}")
        made = numpy.array([vector(text) for text in texts])
        if any("make nothing" in text for text in texts):
            made[0, 0] = numpy.nan
        if any("make much" in text for text in texts):
            made = numpy.repeat(made, 2, axis=1) / 2
        if any("die" in text for text in texts):
            os._exit(3)
        return made
