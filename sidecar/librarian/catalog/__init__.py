"""The catalog: what every note says about itself, in DuckDB, for statistics and links. Derived; it can always be
rebuilt.

Nothing outside this package imports duckdb, and nothing in it does so before a catalog is opened.
"""

from librarian.catalog.store import ArrowStreamable, Catalog, LinkRow

__all__ = ["ArrowStreamable", "Catalog", "LinkRow"]
