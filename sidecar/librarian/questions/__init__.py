"""What a person asks, in words, as something to look for: rules first, in several languages."""

from librarian.questions.completing import completed
from librarian.questions.rules import Read, content_words, language, read, telling_words

__all__ = ["Read", "completed", "content_words", "language", "read", "telling_words"]
