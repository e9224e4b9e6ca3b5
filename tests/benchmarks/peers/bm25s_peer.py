"""bm25s with its numba back end and an English stemmer, over title, headings and text as one."""

from __future__ import annotations

import bm25s
import Stemmer
from peer import Job, Pass


def main() -> None:
    job = Job()
    stemmer = Stemmer.Stemmer("english")
    texts = [f"{note.title}\n{note.headings}\n{note.body}" for note in job.documents()]
    tokens = bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False)
    index = bm25s.BM25(backend="numba")
    index.index(tokens, show_progress=False)
    del texts, tokens
    folder = job.scratch / "bm25s"
    index.save(str(folder))

    def search(text: str) -> list[str]:
        words = bm25s.tokenize([text], stopwords=None, stemmer=stemmer, return_ids=False, show_progress=False)
        if not words[0]:
            return []
        found, scores = index.retrieve(words, k=job.limit, show_progress=False, n_threads=1)
        return [job.files[number] for number, score in zip(found[0], scores[0], strict=True) if score > 0]

    job.indexed(bm25s.__version__, folder)
    job.ask([Pass("bm25s", "any word, English stems; no prefixes, no typos, no phrases", search)])


main()
