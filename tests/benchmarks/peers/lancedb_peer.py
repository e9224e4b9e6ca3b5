"""LanceDB's full-text index with positions, fed by Arrow batches, over title, headings and text as one column."""

from __future__ import annotations

from collections.abc import Iterator

import lancedb
import pyarrow as pa
from lancedb.query import MatchQuery, PhraseQuery
from peer import Document, Job, Pass

SCHEMA = pa.schema([("path", pa.string()), ("text", pa.string())])
BATCH_NOTES = 2000


def batches(documents: Iterator[Document]) -> Iterator[pa.RecordBatch]:
    paths: list[str] = []
    texts: list[str] = []
    for note in documents:
        paths.append(note.path)
        texts.append(f"{note.title}\n{note.headings}\n{note.body}")
        if len(paths) == BATCH_NOTES:
            yield pa.RecordBatch.from_arrays([pa.array(paths), pa.array(texts)], schema=SCHEMA)
            paths, texts = [], []
    if paths:
        yield pa.RecordBatch.from_arrays([pa.array(paths), pa.array(texts)], schema=SCHEMA)


def main() -> None:
    job = Job()
    folder = job.scratch / "lancedb"
    table = lancedb.connect(folder).create_table("notes", batches(job.documents()), schema=SCHEMA)
    table.create_fts_index("text", with_position=True, remove_stop_words=False)

    def search(text: str) -> list[str]:
        quoted = text.startswith('"') and text.endswith('"') and len(text) > 2
        query = PhraseQuery(text.strip('"'), "text") if quoted else MatchQuery(text, "text")
        rows = table.search(query, query_type="fts").select(["path"]).limit(job.limit).to_arrow()
        return rows.column("path").to_pylist()

    job.indexed(lancedb.__version__, folder)
    job.ask([Pass("LanceDB full-text", "any word, English stems, phrases; no prefixes, no typos", search)])


main()
