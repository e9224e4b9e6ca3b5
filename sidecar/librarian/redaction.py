"""Secrets that people leave in their notes, taken out of what is sent to a model.

Forms are those that providers themselves publish for scanners (GitHub, AWS, Google, Slack, Stripe, OpenAI, Anthropic,
Hugging Face, GitLab), private keys as PEM has them, passwords in addresses, and values behind a word for one.
What has no form of its own, such as a password in the midst of a sentence, cannot be told from other words.

A part of a secret does not look like one. So whoever shows a part of a text looks for secrets in all of it first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, zip_longest

MARK = "[secret left out]"
LONGEST = 20_000
"""Characters of a private key, beyond which its end belongs to another, or to none."""

Span = tuple[int, int]
"""From where to where something stands in a text."""

_UNSEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
"""What nobody sees. It may stand in the midst of a secret, which is read without it."""
_KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?P<secret>"
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
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,}"
    r")"
)
_PEM = re.compile(r"-----(?P<marks>BEGIN|END) (?P<kind>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_BETWEEN = r"(?:[\s>|\"'`+,]|\\[nrt]){1,40}+"
_MATERIAL = re.compile(
    rf"(?:{_BETWEEN}[A-Za-z-]{{2,20}}: [^\n]{{0,200}})*+(?:{_BETWEEN}[A-Za-z0-9+/=]{{20,}}+)++"
    r"(?:\s{1,40}[A-Za-z0-9+/]{1,76}={0,2}(?=[ \t]*(?:\n|\Z)))?"
)
"""Behind where a private key begins that does not end: its properties and its lines, the last of which may be short."""
_LINE = r"(?=\S{0,75}[A-Z])(?=\S{0,75}[a-z])[A-Za-z0-9+/]{60,76}"
_LINES = re.compile(
    rf"(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]{{60}})(?P<secret>(?:{_LINE}\s{{1,4}})+{_LINE}={{0,2}}(?![A-Za-z0-9+/=])"
    r"(?:\s{1,4}[A-Za-z0-9+/]{1,76}={1,2}(?![A-Za-z0-9+/=]))?)"
)
"""Lines of a private key that were cut from where it begins. Digests have letters of one case only."""
_IN_ADDRESS = re.compile(r"://(?<=[a-zA-Z0-9+.-]://)[^\s/:@]{0,200}:(?P<secret>[^\s/@⟦⟧]{1,200})(?=@)")
_BEARER = re.compile(
    r"[bB](?<!\w[bB])(?i:earer|asic)\s{1,4}(?=[A-Za-z0-9+/_.=-]{0,200}[0-9])(?P<secret>[A-Za-z0-9+/_.=-]{16,})"
)
_NAMED = re.compile(
    # What can begin one is looked at first, and in either case, which is many times as fast in a text without any.
    r"(?=[pPkKmMcCwWaAsStTס密パ비])"
    r"(?i:pass(?:word|wd|phrase|wort)|kennwort|mot de passe|contraseña|wachtwoord|api[ _-]?key|"
    r"secret(?:[ _-]?key)?|(?:access|private)[ _-]?key|client[ _-]?secret|(?:access|auth)[ _-]?token|\b(?:token|pin)|"
    r"סיסמה|密码|パスワード|비밀번호)"
    r"[\"'*`_]{0,4}\s{0,4}(?:[:=：]|=>|::)[\"'*`_]{0,4}[ \t]{0,4}"
    # What stands there already instead of one is none: a mark, or a sign of `keeping`.
    r"(?P<secret>[\"'`]?(?!\[secret)[^\s\"'`<>⟦⟧]{4,})"
)
_FORMS = (_LINES, _KEYS, _IN_ADDRESS, _BEARER, _NAMED)


def secrets(text: str) -> list[Span]:
    """Where the secrets of a text stand that can be told by their form: in order, none within another."""
    unseen = [found.span() for found in _UNSEEN.finditer(text)]
    if not unseen:
        return joined(_found(text))
    taken = [0, *accumulate(end - start for start, end in unseen)]
    # Where in what is seen each of them would stand.
    places = [start - before for (start, _), before in zip(unseen, taken, strict=False)]

    def back(place: int) -> int:
        return place + taken[bisect_right(places, place)]

    return joined((back(start), back(end - 1) + 1) for start, end in _found(_UNSEEN.sub("", text)))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same places in order, those that overlap as one."""
    done: list[Span] = []
    for start, end in sorted(spans):
        if done and start < done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((start, end))
    return done


def within(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """What of these is in a part of the text, counted from where the part starts."""
    return [(max(one, start) - start, min(other, end) - start) for one, other in spans if one < end and start < other]


def redacted(text: str, spans: Sequence[Span] | None = None, *, lines: bool = False) -> str:
    """The text with `MARK` in the place of each secret. ``spans``: where they are, if known; ``lines``: in as many."""
    done, place = [], 0
    for start, end in secrets(text) if spans is None else spans:
        done += [text[place:start], MARK, "\n" * text.count("\n", start, end) if lines else ""]
        place = end
    return "".join([*done, text[place:]])


def apart(*texts: str) -> list[str]:
    """Texts that follow upon one another, each without secrets, also those that are partly in it."""
    found, ends = secrets("".join(texts)), accumulate(map(len, texts))
    return [redacted(text, within(found, end - len(text), end)) for text, end in zip(texts, ends, strict=True)]


def _found(text: str) -> Iterator[Span]:
    for form in _FORMS:
        yield from (found.span("secret") for found in form.finditer(text))
    yield from private_keys(text)


def private_keys(text: str) -> Iterator[Span]:
    """Where private keys stand: each from where it begins to where it ends. Where the next mark is not its end, only
    what looks like a key is one: a text may be about keys.
    """
    marks = list(_PEM.finditer(text)) if "-----BEGIN" in text else []
    for mark, following in zip_longest(marks, marks[1:]):
        if mark["marks"] == "END":
            continue
        if following is not None and _is_end(following, mark):
            yield mark.start(), following.end()
        elif (material := _MATERIAL.match(text, mark.end())) is not None:
            yield mark.start(), material.end()


def _is_end(mark: re.Match[str], begin: re.Match[str]) -> bool:
    is_of_it = (mark["marks"], mark["kind"]) == ("END", begin["kind"])
    return is_of_it and mark.start() - begin.end() <= LONGEST
