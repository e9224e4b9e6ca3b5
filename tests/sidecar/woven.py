"""Notes woven from secrets, code, links and words, as nobody would write them."""

from __future__ import annotations

from hypothesis import strategies as st

KEY_LINE = "q83vEjRWeJCrze8SAbCdEf01" * 3
"""Of seventy-two letters."""


def pem(lines: int, kind: str = "RSA PRIVATE KEY") -> str:
    """A private key of so many lines."""
    return "\n".join([f"-----BEGIN {kind}-----", *[KEY_LINE[:64]] * lines, "kq9ZtQ==", f"-----END {kind}-----"])


JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJ{'Zx8' * 200}.{'Yw7' * 140}"
SECRETS = (
    pem(3), pem(40), pem(12, "PGP PRIVATE KEY BLOCK"), JWT, f"sk-{'v5' * 20}", "password: hunter22secret", "token = 'abcd1234efgh'",
    "password: `hunter22secret`", "postgres://me:pa55word77@host/db", "password: postgres://me:pa55word77@host/db",
    "API key: (sk-abcdefghijklmnop1234)", "Authorization: Bearer abcdef1234567890", "pass\u200bword: hunter22secret",
    f"sk-{'v5' * 8}\u200b{'v5' * 8}", "**PIN:** 12345678", "token: " + "k9" * 400,
)  # fmt: skip
BESIDE = (
    "`a` ", "`b", "```\n", "~~~\ncode\n~~~\n", "%%", "<!-- x -->", "<b>", "$$", "![[pic.png]]", "![x](y.png)", "[a](https://b.example)",
    "Words of the sea. ", "é 🦀 ", "\n", "\n\n", "\r\n", " ", "> ", "⟦0⟧", "⟦12⟧", "⟦", "⟧", "\u200b", "❤\ufe0f ", "[secret left out]",
    "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "-----END PRIVATE KEY-----", "password: ", "token = ", "://me:",
    "@", "pin:", "\"", "'",
)  # fmt: skip

notes = st.lists(st.sampled_from(SECRETS + BESIDE), max_size=30).map("".join)

INSIDE = (KEY_LINE, JWT[60:600], JWT[-400:], "v5" * 40, "hunter22secret", "pa55word77", "abcd1234efgh", "k9" * 400)
"""The insides of the secrets that notes are woven from."""


def slices(text: str, length: int = 8) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


SLICES = frozenset().union(*map(slices, INSIDE))


def leaks(shown: str) -> set[str]:
    """What of the inside of a secret is shown."""
    return slices(shown) & SLICES
