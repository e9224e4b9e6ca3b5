"""Merging: how notes become one without losing a word, and how every link follows. Pure; nothing here reads a file."""
