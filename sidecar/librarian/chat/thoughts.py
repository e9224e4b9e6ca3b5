"""Thoughts that a model writes into its answer, as many do on one's own machine: ``<think>…</think>`` first."""

from __future__ import annotations

from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class Thoughts:
    """Splits an answer, piece by piece, into thoughts and what is meant to be read."""

    def __init__(self) -> None:
        self._held = ""
        self._step = self._begin

    def take(self, piece: str) -> tuple[str, str]:
        """What of the text so far is thought, and what is answer; part of a tag is held back until it is whole."""
        self._held += piece
        return self._step()

    def rest(self) -> tuple[str, str]:
        """What was held back when the answer ended."""
        held, self._held = self._held, ""
        return (held, "") if self._step == self._think else ("", held)

    def _begin(self) -> tuple[str, str]:
        text = self._held.lstrip()
        if text.startswith(_OPEN):
            self._held = text[len(_OPEN) :]
            self._step = self._think
        elif _OPEN.startswith(text):
            return "", ""
        else:
            self._step = self._speak
        return self._step()

    def _think(self) -> tuple[str, str]:
        thought, closed, after = self._held.partition(_CLOSE)
        if closed:
            self._held = after
            self._step = self._pause
            return thought, self._step()[1]
        split = len(thought) - next(n for n in range(len(_CLOSE) - 1, -1, -1) if thought.endswith(_CLOSE[:n]))
        self._held = thought[split:]
        return thought[:split], ""

    def _pause(self) -> tuple[str, str]:
        """Blank lines between thoughts and answer are nobody's."""
        self._held = self._held.lstrip()
        if not self._held:
            return "", ""
        self._step = self._speak
        return self._step()

    def _speak(self) -> tuple[str, str]:
        spoken, self._held = self._held, ""
        return "", spoken
