"""``python -m librarian`` and the installed command ``librarian``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from librarian.cli import librarian

    librarian(prog_name="librarian")


if __name__ == "__main__":
    main()
