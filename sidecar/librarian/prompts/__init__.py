"""Every prompt that is sent to a model, in one place: versioned, and each with a test of its rendered text."""

from librarian.prompts.prompt import DATA_ONLY, Prompt, documents, in_language

__all__ = ["DATA_ONLY", "Prompt", "documents", "in_language"]
