"""The store of record of passage vectors: what it promises, LanceDB behind that, and the way to it."""
