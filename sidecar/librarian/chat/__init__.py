"""Models that write: one protocol, an adapter for each provider's SDK, and the table of providers."""

from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Reasoning, Usage

__all__ = ["Chat", "Delta", "Event", "Finish", "Limits", "Message", "Reasoning", "Usage"]
