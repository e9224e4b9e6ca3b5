"""What a model wrote, made harmless: no markup that loads, runs or hides anything, no links that the sources lack.

Notes are read by the model, and whoever wrote one may tell it what to write. A remote image in its answer would carry
words of the vault to a stranger as soon as it is shown; Templater and Dataview run what stands between their marks;
comments and invisible characters hide what a person should see. Everything here is pure and takes linear time.

What code is cannot be told for certain: plugins, quotes, maths and what stands before the text may end what began here.
So code is left as it is only where nothing would come of it were it none. A blank is put into what would load, run or
hide something: an image or a link that leads outside, a tag that may load, a comment. An example of HTML with a remote
picture can be read, but not be copied. A bare address stays in code: were it none, it would be seen and be a link,
which nothing follows by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from librarian.languages import PLAIN, shown_language
from librarian.redaction import redacted
from librarian.spacing import Spacing, spaced

__all__ = ["Cleaning", "cleaned", "delimited", "links_of", "redacted"]

_TAG = "document"
PASSES = 6
LONG, SHARE = 2_000, 32
"""Letters of a paragraph that is looked at with every piece, and by which share a longer one has to grow first."""
_OPENS = re.compile(r"^(?P<mark>`{3,}(?=[^`\n]*$)|~{3,})")
"""Code, but only where it can be neither in a list nor in a quote, which end when their lines do."""
_CLOSES = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})[ \t]*$")
_BLOCK = re.compile(
    r"^(?P<before>(?:\[[`~]\]|[^\n`~])*+)"
    r"(?:(?P<ticks>`{3,}+)[^\S\n]*+(?P<said>[^\s`]++)[^`\n]*$|(?P<waves>~{3,}+)[^\S\n]*+(?P<tells>\S++)[^\n]*)",
    re.MULTILINE,
)
"""What begins a block and names its language, in a list, a quote or a task, whose box may hold any sign."""
_MARKUP = re.compile(r"[\[\]()<>!`~$=]")
_OPENED = re.compile(r"[\[<`~!%\\]|(?:https?|ftp|file|obsidian|app|data|javascript|vbscript|blob):", re.IGNORECASE)
_PAIRS = (("[", "]"), ("(", ")"), ("<", ">"))
_HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
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
_DEFINITION = re.compile(r"^((?:[^\S\n]|[>*+\-0-9.)]){0,40})\[([^\[\]\n]{1,300})\]:", re.MULTILINE)
_AUTOLINK = re.compile(rf"<(?P<url>{_URL})>")
_BARE = re.compile(
    r"(?<![\w@])(?:(?:data|javascript|vbscript|blob|https?|ftp|file|obsidian|app):(?://)?|[a-z][a-z0-9+.-]{1,30}://)"
    r"[^\s<>\[\]()\"'`|]{1,2000}",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"<!--(?:(?!-->|<!--).){0,5000}-->|</?[a-zA-Z][^<>]{0,2000}>|<![^<>]{0,2000}>|<\?[^<>]{0,2000}\?>", re.DOTALL
)
_OPENS_HTML = re.compile(r"<(?=[a-zA-Z/!?])")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
_RUN_OF_BACKTICKS = re.compile(r"`+")
_BLANKS = r"[^\S\n]*+(?:\n[^\S\n]*+)?"
_QUERY = r"(?:(?:\$?=)+|(?:INPUT|VIEW|BUTTON|EMBED)(?=\[))"
_INLINE_QUERY = re.compile(rf"(?<!`)(`++){_BLANKS}{_QUERY}")
"""What Dataview and Meta Bind evaluate within a line; what they find or show may load, too."""
_QUERY_IN_CODE = re.compile(
    rf"((?<!`)`{{1,2}}+(?!`){_BLANKS}|(?<=[^\s`>*+.)\]-])[ \t]*+`{{3,}}+{_BLANKS}|(?<!`)`{{3,}}+[^\S\n]*+){_QUERY}"
)
"""The same where a block of code, which may begin with such signs in its first line, is none."""
_TEX_LOADS = "style|class|cssId|href|require|mmlToken|bbox"
_TEX_HIDES = (
    "[egx]?def|let|futurelet|(?:re)?newcommand|providecommand|(?:re)?newenvironment|[hv]?phantom|mathtip|texttip|toggle"
)
_TEX = re.compile(rf"(?<!\\)\\++(?=(?:{_TEX_LOADS}|{_TEX_HIDES})(?![a-zA-Z]))")
_TEX_IN_CODE = re.compile(rf"(?<!\\)\\++(?=(?:{_TEX_LOADS})(?:[\s{{}}\[#$&%\\]|\Z))")
"""What MathJax draws with styles and links of a formula's own; without its stroke it is a word."""
_ACTING = """
    script style iframe frame frameset object embed applet portal svg math img image picture source video audio track
    link meta base template textarea title xmp plaintext noscript noembed noframes animate set foreignobject dialog pre
"""
"""Tags that load, run, hide, or take what follows for something else."""
_ACTIVE = frozenset(_ACTING.split())
_TAGGED = re.compile(r"</?[a-zA-Z][\w:-]*+(?=[\s/>]|\Z)[^>]*+(?P<end>>?)")
_NAMED = re.compile(r"</?([a-zA-Z][\w:-]*+)")
_QUOTED = re.compile(r"=\s*+(?:\"[^\"'=<>]*\"|'[^\"'=<>]*')")
_ACTS = re.compile(
    r"[\s/\"'](?:(?:on\w+|style|[\w:-]*src\w*|[\w:-]*href|data|action|formaction|poster|background|ping|http-equiv)\s*="
    r"|hidden\b|popover\b)",
    re.IGNORECASE,
)
"""Attributes that load, run or hide."""
_OUT_OF_SIGHT = re.compile(r"<(?=[?]|!(?!doctype html>)|/(?![a-zA-Z]))", re.IGNORECASE)
_SHOWS = re.compile(rf"!(?=\[\[|\[{_TEXT}\]\()")
_LEADING = re.compile(r"\](?=\()|(?<![^\\]\])\](?=:)")
_FOREIGN = re.compile(
    r"[ \t]*+\n?[ \t]*+(?:<[^<>\n]*(?:[\t&:]|[/\\]{2})|<?(?:[/\\]{2}|[^\s:/]{0,2000}&(?:#|\w+;)"
    r"|[a-z][a-z0-9+.-]*\\?:(?!:)|(?:https?|ftp|file|obsidian|app|data|javascript|vbscript|blob)\\?:))",
    re.IGNORECASE,
)
"""A destination outside the vault: with a scheme, as two strokes, or in entities, which may spell either."""
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


def cleaned(text: str, allowed_links: Collection[str] = ()) -> str:
    """The text without what loads, runs, hides or leads elsewhere; Markdown and code stay readable.

    ``allowed_links``: targets that may be linked to, as `links_of` tells them; other links become their text, and
    embeds become links or text. Images are never kept. What is clean stays as it is, but for blank lines: one stays of
    several, and none at either end.
    """
    return spaced(_harmless(text, frozenset(allowed_links)))


def within_code(text: str, fence: str) -> str:
    """A text as it may stand in a block of code that begins with ``fence``: without lines that would end the block, or
    begin one as models do around code of their own.
    """
    marks = re.compile(rf" {{0,3}}{re.escape(fence)}{re.escape(fence[:1])}*+[^`\n]*")
    return "\n".join(line for line in text.split("\n") if not marks.fullmatch(line))


def _harmless(text: str, allowed: frozenset[str], fence: str = "") -> str:
    for _ in range(PASSES):
        # What is left when something is taken out may be a mark of its own: three backticks around a tag, say.
        before, text = text, _once(text, allowed, fence)
        if text == before:
            return text
    return _MARKUP.sub("", text)


def _once(text: str, allowed: frozenset[str], fence: str) -> str:
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("<%", "< %").replace("%%", "")
    text = _BLOCK.sub(_only_shown, text)
    text = within_code(text, fence) if fence else _without_links(text, allowed)
    parts = _PARAGRAPHS.split(text)
    return "".join(each if number % 2 else _inert(each, allowed) for number, each in enumerate(parts))


def _without_links(text: str, allowed: frozenset[str]) -> str:
    """Blocks of code, and the prose between them without links."""
    done: list[str] = []
    prose: list[str] = []
    for line, is_code in _lines(text):
        if not is_code:
            prose.append(line)
            continue
        done += [_prose("\n".join(prose), allowed)] if prose else []
        prose = []
        done.append(line)
    if prose:
        done.append(_prose("\n".join(prose), allowed))
    return "\n".join(done)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is of a block of code, with the marks around it."""
    fence, in_doubt = "", False
    for line in text.split("\n"):
        if fence:
            yield line, True
            fence = "" if (end := _CLOSES.match(line)) and end["mark"].startswith(fence) else fence
        elif (found := _OPENS.match(line)) and not in_doubt:
            fence = found["mark"]
            yield line, True
        else:
            # One that is indented, or in a list, may have opened a block that the next one closes.
            in_doubt = in_doubt or "```" in line or "~~~" in line
            yield line, False


def _only_shown(found: re.Match[str]) -> str:
    """The beginning of a block with its language, text where that may be run, and nothing else, which is not seen."""
    language = shown_language(found["said"] or found["tells"]) or PLAIN
    return f"{found['before']}{found['ticks'] or found['waves']}{language}"


class Cleaning:
    """Cleans an answer as it comes: what was given out once stands, and what is open yet is held back.

    It takes linear time: a long paragraph is looked at anew only once it has grown by a share of itself.
    """

    def __init__(self, allowed_links: Collection[str] = (), fence: str = "") -> None:
        """As for `cleaned`. ``fence``: the mark of the block of code that the text is put into; empty for prose."""
        self._allowed = frozenset(allowed_links)
        self._fence = fence
        self._shown: list[str] = []
        self._spacing = Spacing(fence)
        self._has_begun = fence != ""  # blanks before code are its indentation
        self._open = ""
        """What came since the last paragraph that is over."""
        self._given = ""
        """Of that, cleaned and given out."""
        self._place = 0
        """How much of it that is."""
        self._next = 0
        """How long the paragraph has to be before it is looked at again."""

    def take(self, piece: str) -> str:
        """What can be shown with this piece; may be nothing."""
        self._open += piece
        if len(self._open) < self._next:
            return ""
        shown = ""
        over = self._open.rfind("\n\n") + 2
        if over > 1 and self._is_settled(self._open[:over]):
            now = self._whole(self._open[:over])
            if self._is_settled(now):
                shown = now[len(self._given) :]
                self._open, self._given, self._place = self._open[over:], "", 0
        shown += self._grown(_closed(self._open))
        self._next = 0 if len(self._open) < LONG else len(self._open) + len(self._open) // SHARE
        self._shown.append(shown)
        shown = self._spacing.take(shown)
        shown = shown if self._has_begun else shown.lstrip()
        self._has_begun = self._has_begun or shown != ""
        return shown

    def whole(self) -> str:
        """All that came, cleaned: what was given out, and what is held back; empty where there is nothing to see."""
        text = spaced("".join(self._shown) + self._whole(self._open)[len(self._given) :], self._fence).rstrip()
        return text if self._fence else text.lstrip()

    def _is_settled(self, text: str) -> bool:
        """Whether what comes behind the text surely stands where it began."""
        return self._fence != "" or _is_settled(text)

    def _grown(self, place: int) -> str:
        now = _harmless(self._open[:place], self._allowed, self._fence)
        if not now.startswith(self._given):
            return ""
        grown, self._given, self._place = now[len(self._given) :], now, place
        return grown

    def _whole(self, text: str) -> str:
        """A paragraph of which all is there, as it goes on from what was given out of it."""
        now = _harmless(text, self._allowed, self._fence)
        if not now.startswith(self._given):
            rest = _harmless(text[self._place :], self._allowed, self._fence)
            now = _harmless(self._given + rest, self._allowed, self._fence)
        # Else what was given out is a paragraph of its own: nothing that loads reaches over an empty line.
        return now if now.startswith(self._given) else f"{self._given}\n\n{rest}"


def _is_settled(text: str) -> bool:
    """Whether what comes behind the text surely stands in no block of code that begins in it."""
    lines = list(_lines(text))
    return not lines[-1][1] and not any("```" in line or "~~~" in line for line, is_code in lines if not is_code)


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


def _prose(prose: str, allowed: frozenset[str]) -> str:
    """Prose between blocks; code within lines stays where nobody can be in doubt that it is that."""
    parts = _PARAGRAPHS.split(_INLINE_QUERY.sub(r"\1", prose))
    return "".join(each if number % 2 else _paragraph(each, allowed) for number, each in enumerate(parts))


def _inert(text: str, allowed: frozenset[str]) -> str:
    """A paragraph in which nothing loads, runs or hides, be any of it code or not."""
    text = _TEX_IN_CODE.sub("", _QUERY_IN_CODE.sub(r"\1", text))
    text = _TAGGED.sub(_tagged, _OUT_OF_SIGHT.sub("< ", text))
    return _LEADING.sub(lambda found: "] " if _leads_outside(found, allowed) else "]", _SHOWS.sub("! ", text))


def _tagged(found: re.Match[str]) -> str:
    """A tag, or what may be one: as it is only where it surely ends, and has nothing in it that acts."""
    names = {name.lower() for name in _NAMED.findall(found[0])}
    unquoted = _QUOTED.sub("=", found[0])
    if found["end"] and not names & _ACTIVE and not _ACTS.search(found[0]) and not {'"', "'"} & set(unquoted):
        return found[0]
    return _OPENS_HTML.sub("< ", found[0])


def _leads_outside(found: re.Match[str], allowed: frozenset[str]) -> bool:
    """Whether a destination stands behind a closing bracket that is foreign, and not allowed."""
    if _FOREIGN.match(found.string, found.end() + 1) is None:
        return False
    return found.string[found.end()] == ":" or not _leads(found, allowed)


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
    prose = _DEFINITION.sub(r"\1\2:", _TEX.sub("", prose))
    prose = _AUTOLINK.sub(lambda found: _address(found["url"], allowed), prose)
    prose = _OPENS_HTML.sub("< ", _HTML.sub("", _HTML.sub("", prose)))
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
