"""What a model wrote, made harmless: no markup that loads, runs or hides anything, no links that the sources lack.

Notes are read by the model, and whoever wrote one may tell it what to write. A remote image in its answer would carry
words of the vault to a stranger as soon as it is shown; Templater and Dataview run what stands between their marks;
comments and invisible characters hide what a person should see. Everything here is pure and takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from librarian.redaction import redacted

__all__ = ["Cleaning", "cleaned", "delimited", "is_prose", "links_of", "redacted"]

_TAG = "document"
PASSES = 6
LONG, SHARE = 2_000, 32
"""Letters of a paragraph that is looked at with every piece, and by which share a longer one has to grow first."""
_OPENS = re.compile(r"^(?P<mark>`{3,}(?=[^`\n]*$)|~{3,})")
"""Code, but only where it can be neither in a list nor in a quote, which end when their lines do."""
_CLOSES = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})\s*$")
_BLOCK = re.compile(
    r"^(?P<before>[^\n`~]*+)"
    r"(?:(?P<ticks>`{3,}+)[ \t]*+(?P<said>[^\s`]++)[^`\n]*$|(?P<waves>~{3,}+)[ \t]*+(?P<tells>\S++)[^\n]*)",
    re.MULTILINE,
)
_SHOWN = """
    text txt plain plaintext log console output markdown md tex latex bibtex json jsonc json5 yaml yml toml ini xml
    csv diff patch http sh bash zsh fish shell powershell ps1 bat cmd awk sed make makefile cmake docker dockerfile
    nginx python py pycon javascript js jsx typescript ts tsx css scss sass less vue svelte php ruby rb perl pl lua
    r julia matlab c h cpp c++ cc hpp cs csharp c# fs fsharp f# vb java kotlin kt scala groovy gradle swift objc
    objective-c go rust rs zig nim d dart haskell hs elm ocaml ml erlang elixir ex clojure clj lisp scheme racket
    prolog fortran cobol pascal ada asm nasm wasm verilog vhdl sql psql mysql sqlite cypher graphql proto protobuf
    hcl terraform nix vim regex solidity stata sas
"""
"""Languages of blocks that are only shown. All other blocks become plain text: plugins run, load or look things up for
blocks of a name of their own, and Obsidian itself for some (a base may show pictures of anywhere).
"""
_LANGUAGES = frozenset(_SHOWN.split())
_MARKUP = re.compile(r"[\[\]()<>!`~$=]")
_OPENED = re.compile(r"[\[<`~!%]|(?:https?|ftp|file|obsidian|app|data|javascript|vbscript|blob):", re.IGNORECASE)
_PAIRS = (("[", "]"), ("(", ")"), ("<", ">"))
_HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_URL = r"[a-zA-Z][a-zA-Z0-9+.-]{1,30}:(?://)?[^\s<>\[\]()\"'`|]{1,2000}"
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,30}:|//|\\\\")
_TEXT = r"(?P<text>(?:\\.|\[[^\[\]\n]{0,300}\]|[^\[\]\\]){0,1000})"
_DESTINATION = (
    r"\(\s{0,9}(?:<(?P<angled>[^<>\n]{0,2000})>|(?P<plain>(?:\\.|\([^\s()]{0,500}\)|[^\s()\\]){0,2000}))[^()]{0,500}\)"
)
_TARGET = re.compile(_DESTINATION)
_WIKI = re.compile(r"(?P<embed>!?)\[\[(?P<target>[^\[\]|\n]{0,500})(?:\|(?P<alias>[^\[\]\n]{0,500}))?\]\]")
_LINK = re.compile(rf"(?P<embed>!?)\[{_TEXT}\]{_DESTINATION}")
_DEFINITION = re.compile(r"^([ \t>*+\-0-9.)]{0,40})\[([^\[\]\n]{1,300})\]:", re.MULTILINE)
_AUTOLINK = re.compile(rf"<(?P<url>{_URL})>")
_BARE = re.compile(
    r"(?<![\w@])(?:(?:data|javascript|vbscript|blob|https?|ftp|file|obsidian|app):(?://)?|[a-z][a-z0-9+.-]{1,30}://)"
    r"[^\s<>\[\]()\"'`|]{1,2000}",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"<!--(?:(?!-->|<!--).){0,5000}-->|</?[a-zA-Z][^<>]{0,2000}>|<![^<>]{0,2000}>|<\?[^<>]{0,2000}\?>", re.DOTALL
)
_OPENS_HTML = re.compile(r"(?<!\\)((?:\\\\)*)<(?=[a-zA-Z/!?])")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
_RUN_OF_BACKTICKS = re.compile(r"`+")
_INLINE_QUERY = re.compile(r"(`+)\s*(?:(?:\$?=)+|(?:INPUT|VIEW|BUTTON|EMBED)(?=\[))")
"""What Dataview and Meta Bind evaluate within a line; what they find or show may load, too."""
_UNSURE = re.compile(r"%%|\$\$|<%|<(?:!|\?|script|pre|style|textarea)", re.IGNORECASE)
"""What may hold marks of code that are none."""
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n\s*)")


def delimited(text: str, label: str = "") -> str:
    """The text as data for a prompt, between marks that it cannot end, its secrets left out.

    ``label``: what a prompt calls it by, such as a passage's number.
    """
    fenced = re.sub(rf"<(?=\s*/?\s*{_TAG})", "‹", _shown(text), flags=re.IGNORECASE)
    name = re.sub(r"[\"<>\s]+", " ", _shown(label)).strip()
    return f'<{_TAG} name="{name}">\n{fenced}\n</{_TAG}>' if name else f"<{_TAG}>\n{fenced}\n</{_TAG}>"


def _shown(text: str) -> str:
    """A text without secrets, looked for once nothing can stand in their midst any more."""
    return redacted(_HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def links_of(text: str, *, outside: bool = True) -> frozenset[str]:
    """Where the links of a text lead, as they are written: what an answer about it may link to.

    ``outside``: also those that leave the vault.
    """
    wiki = [each["target"].strip() for each in _WIKI.finditer(text)]
    found = {*wiki, *(target.partition("#")[0] for target in wiki)}
    found |= {(each["angled"] or each["plain"] or "").strip() for each in _LINK.finditer(text)}
    found |= {each[0].rstrip(".,;:!?") for each in _BARE.finditer(text)}
    return frozenset(each for each in found if each and (outside or not _SCHEME.match(each)))


def is_prose(before: str) -> bool:
    """Whether what comes behind this text is surely no code: there, marks of code would end it and not begin it."""
    paragraph = _PARAGRAPHS.split(before)[-1]
    if not all(map(_is_paired, paragraph.split("\n"))):
        return False
    if "```" not in before and "~~~" not in before:
        return True
    fence, follows_blank = "", True
    for line in before.split("\n"):
        if fence:
            fence = "" if (end := _CLOSES.match(line)) and end["mark"].startswith(fence) else fence
        elif (found := _OPENS.match(line)) and follows_blank:
            fence = found["mark"]
        elif "```" in line or "~~~" in line:
            return False
        follows_blank = not line.strip()
    return not fence and _UNSURE.search(before) is None


def cleaned(text: str, allowed_links: Collection[str] = (), *, code: bool = True) -> str:
    """The text without what loads, runs, hides or leads elsewhere; Markdown and code stay readable.

    ``allowed_links``: targets that may be linked to, as `links_of` tells them; other links become their text, and
    embeds become links or text. Images are never kept. What is clean stays as it is. ``code``: whether code is left as
    it is, which it must not be where it may be none, see `is_prose`.
    """
    allowed = frozenset(allowed_links)
    for _ in range(PASSES):
        # What is left when something is taken out may be a mark of its own: three backticks around a tag, say.
        before, text = text, _once(text, allowed, code=code)
        if text == before:
            return text
    return _MARKUP.sub("", text)


def _once(text: str, allowed: frozenset[str], *, code: bool) -> str:
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("<%", "< %").replace("%%", "")
    done: list[str] = []
    prose: list[str] = []
    fence, in_doubt = "", not code
    for line in _BLOCK.sub(_only_shown, text).split("\n"):
        if fence:
            done.append(line)
            if (end := _CLOSES.match(line)) and end["mark"].startswith(fence):
                fence = ""
        elif (found := _OPENS.match(line)) and not in_doubt:
            done += [_without_links("\n".join(prose), allowed, code=code)] if prose else []
            prose, fence = [], found["mark"]
            done.append(line)
        else:
            # One that is indented, or in a list, may have opened a block that the next one closes.
            in_doubt = in_doubt or "```" in line or "~~~" in line
            prose.append(line)
    if prose:
        done.append(_without_links("\n".join(prose), allowed, code=code))
    return "\n".join(done)


def _only_shown(found: re.Match[str]) -> str:
    """The beginning of a block, called text unless it is in a language of which nothing is run."""
    language = (found["said"] or found["tells"]).lstrip("{.").rstrip("}").lower()
    if language in _LANGUAGES:
        return found[0]
    return f"{found['before']}{found['ticks'] or found['waves']}text"


class Cleaning:
    """Cleans an answer as it comes: what was given out once stands, and what is open yet is held back.

    It takes linear time: a long paragraph is looked at anew only once it has grown by a share of itself.
    """

    def __init__(self, allowed_links: Collection[str] = (), *, code: bool = True) -> None:
        """As for `cleaned`."""
        self._allowed = frozenset(allowed_links)
        self._code = code
        self._read: list[str] = []
        self._open = ""
        """What came since the last paragraph that is over."""
        self._given = ""
        """Of that, cleaned."""
        self._next = 0
        """How long the paragraph has to be before it is looked at again."""

    def take(self, piece: str) -> str:
        """What can be shown with this piece; may be nothing."""
        self._read.append(piece)
        self._open += piece
        if len(self._open) < self._next:
            return ""
        shown = ""
        over = self._open.rfind("\n\n") + 2
        if over > 1 and not _in_code(self._open[:over]):
            shown = self._grown(self._open[:over])
            self._open, self._given = self._open[over:], ""
        shown += self._grown(self._open[: _closed(self._open)])
        self._next = 0 if len(self._open) < LONG else len(self._open) + len(self._open) // SHARE
        return shown

    def whole(self) -> str:
        """All that came, cleaned."""
        return cleaned("".join(self._read), self._allowed, code=self._code).strip()

    def _grown(self, text: str) -> str:
        now = cleaned(text, self._allowed, code=self._code)
        if not now.startswith(self._given):
            return ""
        grown, self._given = now[len(self._given) :], now
        return grown


def _in_code(text: str) -> bool:
    """Whether the text may end in the midst of a block of code."""
    return text.count("```") % 2 == 1 or text.count("~~~") % 2 == 1


def _closed(paragraph: str) -> int:
    """Where a beginning of the paragraph ends that later words will not change."""
    line = paragraph.rfind("\n") + 1
    if _in_code(paragraph) or any(
        paragraph[:line].count(one) != paragraph[:line].count(other) for one, other in _PAIRS
    ):
        line = 0
    opened = _OPENED.search(paragraph, line)
    until = opened.start() if opened else len(paragraph)
    return max(line, paragraph.rfind(" ", line, until) + 1)


def _without_links(prose: str, allowed: frozenset[str], *, code: bool) -> str:
    """Prose between fences; code within lines stays where nobody can be in doubt that it is that."""
    clean = _paragraph if code else _plain
    parts = _PARAGRAPHS.split(_INLINE_QUERY.sub(r"\1", prose))
    return "".join(each if number % 2 else clean(each, allowed) for number, each in enumerate(parts))


def _paragraph(text: str, allowed: frozenset[str]) -> str:
    if "`" not in text or not all(map(_is_paired, text.split("\n"))):
        return _plain(text, allowed)
    pieces, place = [], 0
    for span in _CODE_SPAN.finditer(text):
        pieces += [_plain(text[place : span.start()], allowed), span[0]]
        place = span.end()
    return "".join([*pieces, _plain(text[place:], allowed)])


def _is_paired(line: str) -> bool:
    """Whether backticks of a line pair within it, whatever stands around: all runs are alike, an even number of them,
    none escaped, and no bar between them, which may end a cell of a table.
    """
    runs = _RUN_OF_BACKTICKS.findall(line)
    if runs and "|" in line:
        return False
    return len(set(runs)) < 2 and len(runs) % 2 == 0 and max(map(len, runs), default=0) < 3 and "\\`" not in line


def _plain(prose: str, allowed: frozenset[str]) -> str:
    prose = _WIKI.sub(lambda found: _wiki(found, allowed), prose)
    for _ in ("an image", "and a link around it"):
        prose = _LINK.sub(lambda found: _linked(found, allowed), prose)
    prose = _DEFINITION.sub(r"\1\2:", prose)
    prose = _AUTOLINK.sub(lambda found: _address(found["url"], allowed), prose)
    prose = _OPENS_HTML.sub(r"\1\\<", _HTML.sub("", _HTML.sub("", prose)))
    # What is nested or too long for the pattern above is no link either.
    prose = re.sub(r"\](?=\()", lambda found: "]" if _leads(found, allowed) else "] ", prose)
    prose = re.sub(r"!(?=\[)", "", prose)
    return _BARE.sub(lambda found: _address(found[0], allowed), prose)


def _leads(found: re.Match[str], allowed: frozenset[str]) -> bool:
    """Whether what stands behind a closing bracket is a destination that is allowed."""
    destination = _TARGET.match(found.string, found.end())
    return destination is not None and (destination["angled"] or destination["plain"] or "").strip() in allowed


def _wiki(found: re.Match[str], allowed: frozenset[str]) -> str:
    target = found["target"].strip()
    if target in allowed or target.partition("#")[0] in allowed:
        return found[0].removeprefix("!")
    return (found["alias"] or target).strip()


def _linked(found: re.Match[str], allowed: frozenset[str]) -> str:
    target = (found["angled"] or found["plain"] or "").strip()
    text = found["text"]
    if target in allowed and not found["embed"]:
        return found[0]
    return str(text)


def _address(url: str, allowed: frozenset[str]) -> str:
    """An address that may be there, or the name of its host, which leads nowhere."""
    bare = url.rstrip(".,;:!?")
    if bare in allowed:
        return url
    host = re.match(r"[a-zA-Z0-9+.-]+:(?://)?(?:[^\s/@]*@)?([^\s/?#:]*)", bare)
    return (host[1] if host else "") + url[len(bare) :]
