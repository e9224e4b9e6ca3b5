"""tantivy fed by a Python loop, asked plainly and, as for searching while typing, with every word a fuzzy prefix."""

from __future__ import annotations

from importlib.metadata import version

import tantivy
from peer import WORDS, Job, Pass

FIELDS = ["title", "headings", "body"]
BOOSTS = {"title": 3.0, "headings": 2.0}
HEAP_BYTES = 300_000_000


def main() -> None:
    job = Job()
    builder = tantivy.SchemaBuilder().add_text_field("path", stored=True, tokenizer_name="raw")
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name="en_stem")
    folder = job.scratch / "tantivy"
    folder.mkdir()
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(heap_size=HEAP_BYTES)
    for note in job.documents():
        writer.add_document(tantivy.Document(path=note.path, title=note.title, headings=note.headings, body=note.body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def answer(query: tantivy.Query) -> list[str]:
        return [searcher.doc(address)["path"][0] for _, address in searcher.search(query, job.limit).hits]

    def plainly(text: str) -> list[str]:
        return answer(index.parse_query_lenient(text, FIELDS, field_boosts=BOOSTS)[0])

    def as_typed(text: str) -> list[str]:
        fuzzy = {field: (True, 1, True) for field in FIELDS}
        words = " ".join(WORDS.findall(text))
        return answer(index.parse_query_lenient(words, FIELDS, field_boosts=BOOSTS, fuzzy_fields=fuzzy)[0])

    job.indexed(version("tantivy"), folder)
    job.ask(
        [
            Pass("tantivy-py", "any word, English stems, phrases; no prefixes, no typos", plainly),
            Pass(
                "tantivy-py, fuzzy prefixes",
                "every word as a prefix with one typo; no phrases",
                as_typed,
                as_typed=True,
            ),
        ]
    )


main()
