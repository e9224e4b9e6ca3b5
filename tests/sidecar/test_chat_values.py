"""The small parts of models that write: secrets, addresses, thoughts, keys, presets."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import re
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.chat.address import parse
from librarian.chat.counting import estimated_tokens, told, without
from librarian.chat.keys import Keyring, Keys, usable
from librarian.chat.presets import NONE, PRESETS, Preset
from librarian.chat.secret import Secret
from librarian.chat.thoughts import Thoughts
from librarian.errors import AddressRefused, KeyringUnusable
from librarian.settings import Settings

CANARY = "sk-CANARY-0123456789abcdefghij"
OPENAI = next(preset for preset in PRESETS if preset.name == "openai")
LOCAL = next(preset for preset in PRESETS if preset.name == "lmstudio")


def test_a_secret_shows_itself_to_nobody_who_does_not_ask() -> None:
    secret = Secret(CANARY)
    shown = f"{secret} {secret!r} {secret!s:>40} {[secret]} {Keys({'openai': CANARY})}"
    logging.getLogger("canary").warning("%s", secret)
    assert "CANARY" not in shown + repr(vars(type(secret)))
    assert secret.reveal() == CANARY
    for way in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            way(secret)


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "loopback", "private"),
    [
        ("https://api.openai.com/v1", "https", "api.openai.com", 443, False, True),
        ("HTTPS://API.OpenAI.com./v1/", "https", "api.openai.com", 443, False, True),
        ("http://localhost:11434/v1", "http", "localhost", 11434, True, True),
        ("http://127.0.0.1:8080", "http", "127.0.0.1", 8080, True, True),
        ("http://127.9.9.9", "http", "127.9.9.9", 80, True, True),
        ("http://[::1]:1234/v1", "http", "::1", 1234, True, True),
        ("http://ollama.localhost", "http", "ollama.localhost", 80, True, True),
        ("http://192.168.1.5:11434/v1", "http", "192.168.1.5", 11434, False, False),
        ("http://localhost.evil.example", "http", "localhost.evil.example", 80, False, False),
        ("http://127.0.0.1.evil.example", "http", "127.0.0.1.evil.example", 80, False, False),
        ("http://2130706433/", "http", "2130706433", 80, False, False),
    ],
)
def test_an_address_says_who_could_hear(
    url: str, scheme: str, host: str, port: int, loopback: bool, private: bool
) -> None:
    address = parse("x", url)
    assert (address.scheme, address.host, address.port) == (scheme, host, port)
    assert (address.loopback, address.private) == (loopback, private)


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost:11434", "ftp://x", "file:///etc/passwd", "https://", "https:///v1", "https://u:p@api.openai.com",
        "https://api.openai.com@evil.example", "https://x/v1?key=1", "https://x/v1#a", "https://x:99999", "https://x:-1",
        "https://x\\y", "https://x y", "https://x\ny", "http://[::1", "javascript:alert(1)", "https://" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address_or_carries_a_key_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        parse("openai", url)
    assert "u:p" not in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "thought", "spoken"),
    [
        ("Plain.", "", "Plain."),
        ("<think>Hm.</think>Yes.", "Hm.", "Yes."),
        ("\n<think>\nHm.\n</think>\n\nYes. <think>no tag</think>", "\nHm.\n", "Yes. <think>no tag</think>"),
        ("<think>never ends", "never ends", ""),
        ("<think></think>", "", ""),
        ("<thin", "", "<thin"),
        ("<thinking is hard", "", "<thinking is hard"),
        ("<think>a </thin b</think>c", "a </thin b", "c"),
        ("", "", ""),
        ("  leading", "", "  leading"),
    ],
)
def test_thoughts_in_an_answer_are_told_apart_however_it_is_cut(answer: str, thought: str, spoken: str) -> None:
    for size in range(1, len(answer) + 2):
        thoughts = Thoughts()
        pieces = [thoughts.take(answer[at : at + size]) for at in range(0, len(answer), size)] + [thoughts.rest()]
        assert "".join(first for first, _ in pieces) == thought
        assert "".join(second for _, second in pieces) == spoken


@given(st.text(max_size=300))
def test_a_count_from_the_text_is_never_zero_for_something_nor_above_its_bytes(text: str) -> None:
    tokens = estimated_tokens(text)
    assert bool(tokens) == bool(text)
    assert len(text) / 4 <= tokens <= len(text.encode("utf-8", "replace"))


numbers = st.one_of(st.none(), st.booleans(), st.integers(-5, 10**9), st.floats(), st.text(max_size=3))


@given(numbers, numbers, numbers, numbers, numbers)
def test_told_usage_is_whole_and_possible_or_none(a: object, b: object, c: object, d: object, e: object) -> None:
    usage = told(fresh=without(a, c, d), output=b, cache_read=c, cache_write=d, thinking=e)
    if usage is not None:
        counts = usage.model_dump(exclude={"estimated"}).values()
        assert all(type(count) is int and 0 <= count <= 100_000_000 for count in counts)
        assert usage.thinking_tokens <= usage.output_tokens
        assert usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens == a


class FakeKeyring(Keyring):
    """Keeps in memory; ``broken`` raises, ``stuck`` waits for a person who does not come."""

    def __init__(self, kept: dict[str, str] | None = None, *, broken: bool = False, stuck: bool = False) -> None:
        self.kept = kept or {}
        self.broken = broken
        self.asked = 0
        self.stuck = threading.Event() if stuck else None

    def read(self, name: str) -> str | None:
        self.asked += 1
        if self.broken:
            raise KeyringUnusable("It is locked.")
        if self.stuck is not None:
            self.stuck.wait(5)
        return self.kept.get(name)


def test_a_key_of_the_plugin_goes_before_the_environment_and_that_before_the_keyring() -> None:
    given, around, kept = {"openai": "given"}, {"OPENAI_API_KEY": "around"}, FakeKeyring({"openai": "kept"})
    assert Keys(given, around, kept).find(OPENAI) == (Secret("given"), "plugin")
    assert Keys({"openai": " "}, around, kept).find(OPENAI) == (Secret("around"), "environment")
    assert Keys({}, {"OPENAI_API_KEY": ""}, kept).find(OPENAI) == (Secret("kept"), "keyring")
    assert Keys({"anthropic": "other"}, {}, FakeKeyring()).find(OPENAI) is None
    assert Keys(given, around, kept).find(LOCAL) is None


def test_a_keyring_that_fails_has_no_key() -> None:
    assert Keys(keyring=FakeKeyring({"openai": "kept"}, broken=True)).find(OPENAI) is None


def test_a_keyring_that_waits_for_somebody_is_left_alone_for_a_while() -> None:
    now = [0.0]
    ring = FakeKeyring({"openai": "kept"}, stuck=True)
    keys = Keys(keyring=ring, patience_s=0.05, clock=lambda: now[0])
    assert keys.find(OPENAI) is None
    assert ring.stuck is not None
    ring.stuck.set()
    assert (keys.find(OPENAI), ring.asked) == (None, 1)
    now[0] = 61.0
    assert keys.find(OPENAI) == (Secret("kept"), "keyring")


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "sk-ключ", "a\0b", "x" * 5000])
def test_what_cannot_be_sent_in_a_header_is_no_key(text: str) -> None:
    assert usable(Secret(text)) is None


def test_blanks_around_a_key_are_left_out() -> None:
    assert usable(Secret(" sk-1 \n")) == Secret("sk-1")


@pytest.fixture
def backend() -> Iterator[dict[tuple[str, str], str]]:
    """The real package, with a backend that keeps in memory."""
    import keyring
    from keyring.backend import KeyringBackend

    kept: dict[tuple[str, str], str] = {}

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield kept
    keyring.set_keyring(before)


def test_the_keyring_keeps_finds_and_forgets_a_key(backend: dict[tuple[str, str], str]) -> None:
    ring = Keyring()
    assert ring.read("openai") is None
    ring.write("openai", Secret(CANARY))
    assert backend == {("vault-librarian", "openai"): CANARY}
    assert ring.read("openai") == CANARY
    assert [ring.erase("openai"), ring.erase("openai"), ring.read("openai")] == [True, False, None]


def test_every_error_of_the_keyring_package_is_told_in_our_words() -> None:
    import keyring
    from keyring import errors
    from keyring.backend import KeyringBackend

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) >= 5
    before = keyring.get_keyring()
    try:
        for kind in [*kinds, RuntimeError, OSError]:

            class Failing(KeyringBackend):
                priority = 1  # type: ignore[assignment]
                raised = kind

                def get_password(self, service: str, username: str) -> str | None:
                    raise self.raised(f"{service} {username} {CANARY}")

                def set_password(self, service: str, username: str, password: str) -> None:
                    raise self.raised(f"{service} {username} {password}")

            keyring.set_keyring(Failing())
            for act in (lambda: Keyring().read("x"), lambda: Keyring().write("x", Secret(CANARY))):
                with pytest.raises(KeyringUnusable) as told_as:
                    act()
                assert "CANARY" not in repr(told_as.value)
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_holds_together(preset: Preset) -> None:
    assert re.fullmatch("[a-z]+", preset.name)
    assert preset.name != NONE
    if preset.base_url:
        address = parse(preset.name, preset.base_url)
        assert address.loopback if preset.local else address.scheme == "https"
        assert preset.speaks == "anthropic" or address.url.endswith("/v1")
    if preset.key == "needed":
        assert preset.variables
        assert parse(preset.name, preset.key_page).scheme == "https"
    # A file needs no server of a person's own.
    assert bool(preset.begins) == (preset.local and preset.speaks != "llama")
    assert Settings(provider=preset.name).choice().provider == preset.name


def test_another_provider_does_not_inherit_the_model_and_the_address_of_the_chosen_one() -> None:
    chosen = Settings(provider="ollama", chat_model="gemma3", base_url="http://192.168.1.5:11434/v1")
    same, other = chosen.choice(), chosen.choice(provider="openai")
    assert (same.provider, same.model, same.base_url) == ("ollama", "gemma3", "http://192.168.1.5:11434/v1")
    assert (other.provider, other.model, other.base_url) == ("openai", "", "")
    assert chosen.choice(provider="openai", model="m").model == "m"
