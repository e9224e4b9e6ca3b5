"""Models that write: one protocol, an adapter for each provider's SDK, and the table of providers."""

from librarian.chat.chats import Chats
from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Reasoning, Usage
from librarian.chat.keys import Keyring, Keys
from librarian.chat.presets import Choice

__all__ = [
    "Chat", "Chats", "Choice", "Delta", "Event", "Finish", "Keyring", "Keys", "Limits", "Message", "Reasoning", "Usage",
]  # fmt: skip
