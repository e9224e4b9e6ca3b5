"""The sentences that saved notes are found by."""

from __future__ import annotations

import random
from itertools import islice, pairwise

import numpy as np

from librarian.embedding import default_embedder

from .saves import ALIKE, sentences


def test_a_sentence_is_never_taken_for_the_one_before_it():
    told = list(islice(sentences(random.Random(1)), 200))
    vectors = np.frombuffer(default_embedder().model.embed(told), np.float32).reshape(len(told), -1)
    assert max(float(one @ other) for one, other in pairwise(vectors)) < ALIKE - 0.05


def test_the_same_seed_tells_the_same_sentences():
    assert list(islice(sentences(random.Random(2)), 5)) == list(islice(sentences(random.Random(2)), 5))
