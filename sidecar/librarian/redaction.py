"""Secrets that people leave in their notes, taken out of what is sent to a model.

Forms are those that providers themselves publish for scanners (GitHub, AWS, Google, Slack, Stripe, OpenAI, Anthropic,
Hugging Face, GitLab), private keys as PEM has them, passwords in addresses, and values behind a word for one.
What has no form of its own, such as a password in the midst of a sentence, cannot be told from other words.
"""

from __future__ import annotations

import re

MARK = "[secret left out]"
LONGEST = 20_000
"""Characters of a secret. Whoever shows a part of a text only looks at so many more on either side of it first."""

_KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{16,}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}"
    r"|glpat-[A-Za-z0-9_-]{16,}"
    r"|hf_[A-Za-z0-9]{20,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|AIza[A-Za-z0-9_-]{30,}"
    r"|ya29\.[A-Za-z0-9_-]{20,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{40,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{40,}"
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}"
    r")"
)
_PEM = re.compile(
    r"-----BEGIN (?P<kind>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----"
    rf"[\s\S]{{0,{LONGEST}}}?(?:-----END (?P=kind)-----|\Z)"
)
_LINE = r"(?=\S{0,75}[A-Z])(?=\S{0,75}[a-z])[A-Za-z0-9+/]{60,76}"
_LINES = re.compile(
    rf"(?<![A-Za-z0-9+/=])(?:{_LINE}\s{{1,4}})+{_LINE}={{0,2}}(?![A-Za-z0-9+/=])"
    r"(?:\s{1,4}[A-Za-z0-9+/]{1,76}={1,2}(?![A-Za-z0-9+/=]))?"
)
"""Lines of a private key that were cut from where it begins. Digests have letters of one case only."""
_IN_ADDRESS = re.compile(r"(?P<before>\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@]{0,200}:)[^\s/@]{1,200}(?=@)")
_BEARER = re.compile(
    r"(?P<before>\b(?:bearer|basic)\s{1,4})(?=[A-Za-z0-9+/_.=-]{0,200}[0-9])[A-Za-z0-9+/_.=-]{16,}", re.I
)
_NAMED = re.compile(
    # What can begin one is looked at first, which is four times as fast in a text without any.
    r"(?=[pkmcwastס密パ비])"
    r"(?P<before>(?:pass(?:word|wd|phrase|wort)|kennwort|mot de passe|contraseña|wachtwoord|api[ _-]?key|"
    r"secret(?:[ _-]?key)?|(?:access|private)[ _-]?key|client[ _-]?secret|(?:access|auth)[ _-]?token|\b(?:token|pin)|"
    r"סיסמה|密码|パスワード|비밀번호)"
    r"[\"'*`_]{0,4}\s{0,4}(?:[:=：]|=>|::)[\"'*`_]{0,4}[ \t]{0,4})"
    r"[\"'`]?(?!\[secret)(?P<value>[^\s\"'`<>]{4,400})",
    re.IGNORECASE,
)


def without_private_keys(text: str) -> str:
    """The text with `MARK` in the place of private keys, in as many lines: for whoever cuts it, since parts of a key do
    not look like one.
    """
    return _PEM.sub(lambda found: MARK + "\n" * found[0].count("\n"), text) if "-----BEGIN" in text else text


def redacted(text: str) -> str:
    """The text with `MARK` in the place of each secret that can be told by its form."""
    text = _LINES.sub(MARK, _PEM.sub(MARK, text))
    text = _KEYS.sub(MARK, text)
    text = _IN_ADDRESS.sub(rf"\g<before>{MARK}", text)
    text = _BEARER.sub(rf"\g<before>{MARK}", text)
    return _NAMED.sub(lambda found: found["before"] + MARK, text)
