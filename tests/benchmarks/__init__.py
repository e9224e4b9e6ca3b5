"""How fast the librarian is and what it takes, measured beside its peers in one run: ``python -m tests.benchmarks``."""
