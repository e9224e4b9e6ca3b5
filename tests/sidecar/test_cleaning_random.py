"""Whatever pieces of markup a model strings together, a Markdown parser finds nothing in it that loads or leads away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from poison import harms

from librarian.cleaning import Cleaning, cleaned

EVIL = "https://evil.example/x"
PIECES = [
    "![", "]", "[", "(", ")", "](", EVIL, "<", "> ", ">", "<img src=x>", "<b>", "</b>", "`", "``", "```", "~~~", "\n",
    "\n\n", "    ", "  ", "- ", "1. ", "<!--", "-->", "\\", "\\\\", "a", "b ", "!", "[x]:", " ", f"<{EVIL}>", "|", "# ", "%%",
    "<script>", "[[", "]]", "&lt;", "&#33;", "&#91;", "\t", "$= ", "```dataviewjs", "<div\n", "<a href='", "'", '"', "*",
    "[^1]:", "\r", "\u200b", "<?", "?>", "<![CDATA[", "]]>", "&colon;", "https&#58;//evil.example/x", "//evil.example/x",
    " onclick=x()", "=", "\\style", "{", "}", "$", "<p ", "<div>\n", "[x]: ", "\u00a0", "VIEW[", "title='",
]  # fmt: skip
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
texts = st.lists(st.sampled_from(PIECES), min_size=2, max_size=18).map("".join)


def found(text: str) -> list[str]:
    return [told for token in tokens(PARSER.parse(text)) if (told := harm(token))]


def tokens(nested: Sequence[Token]) -> Iterator[Token]:
    for token in nested:
        yield token
        yield from tokens(token.children or ())


def harm(token: Token) -> str | None:
    if token.type in ("html_block", "html_inline", "image"):
        return f"{token.type}: {token.content}"
    if token.type == "link_open" and "evil" in str(token.attrs):
        return "a link"
    return "a block that is run" if token.type == "fence" and "dataview" in token.info else None


@settings(max_examples=1500)
@given(texts)
def test_nothing_is_left_that_loads(text: str) -> None:
    assert found(cleaned(text)) == []


@settings(max_examples=500)
@given(texts, st.integers(1, 6))
def test_nothing_is_shown_that_loads_while_it_comes(text: str, step: int) -> None:
    cleaning = Cleaning()
    shown = "".join(cleaning.take(text[place : place + step]) for place in range(0, len(text), step))
    assert found(shown) == []
    assert found(cleaning.whole()) == []


@settings(max_examples=1000)
@given(texts, st.sampled_from(["", "- ", "> ", "1. a\n   ", "Words ", "<div>\n", "<!--\n", "$$\n", "```\n", "~~~\n"]))
def test_whatever_stands_before_nothing_loads_and_be_there_no_code_at_all(text: str, before: str) -> None:
    shown = cleaned(text)
    assert harms(shown) == []
    for read in (before + shown, before + re.sub("[`~]", "x", shown)):
        assert not [each for each in tokens(PARSER.parse(read)) if each.type == "image" and leads(each)]
        assert not [each for each in tokens(PARSER.parse(read)) if "<img" in each.content and "html" in each.type]


def leads(image: Token) -> bool:
    return "evil" in str(image.attrs["src"]) and re.match(r"[a-z]+:|//", str(image.attrs["src"])) is not None


@given(texts)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


def test_the_parser_sees_what_would_load() -> None:
    assert found(f"![]({EVIL})") == ["image: "]
    assert found("<img src=x>") == ["html_block: <img src=x>"]
