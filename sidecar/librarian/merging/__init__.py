"""Merging: how notes become one without losing a word, and how every link follows. Pure; no file is read in here."""
