"""Obsidian Librarian: finds, understands and tidies the notes of a vault, on your own machine."""
