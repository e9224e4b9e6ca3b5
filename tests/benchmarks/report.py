"""Writes what a run measured into docs/benchmarks.md, between its two marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import goals, ratios

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"

PAGE_MARKS_MISSING = f"the page needs one {BEGIN} and after it one {END}"

_NONE = "–"


def write(page: Path, section: str) -> None:
    """Replace what stands between the marks of ``page``, which must be there once and in order."""
    page.write_text(replaced(page.read_text(encoding="utf-8"), section), encoding="utf-8")


def replaced(text: str, section: str) -> str:
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(PAGE_MARKS_MISSING)
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{section.strip()}\n\n{END}{rest.split(END)[1]}"


def section(results: Mapping[str, Any], recorded: Mapping[str, float]) -> str:
    """All tables of one run. What was not measured in it is a dash, never a figure of another run."""
    parts = [
        "### The machine",
        _machine(results),
        "### Goals",
        _goals(results),
        "### Side by side",
        _engines(results),
        "### Ratios",
        _ratios(results, recorded),
    ]
    if "ours" in results:
        parts += ["### Duplicates in the vault", _looks(results["ours"])]
        parts += ["### Queries by kind", _kinds(results["ours"]), "### The data folder", _stores(results["ours"])]
    if "duplicates" in results:
        parts += ["### Duplicates beside peers", _found(results["duplicates"])]
    if "firstToken" in results:
        parts += ["### The first token of a provider", _first_tokens(results["firstToken"])]
    if "plugin" in results:
        parts += ["### Typing and drafts in Obsidian", _typing(results["plugin"])]
    return "\n\n".join(part for part in parts if part)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; pipes in cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def quantity(value: float | None) -> str:
    """Three figures that count, whole numbers from a hundred on."""
    if value is None:
        return _NONE
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.3g}"


def _machine(results: Mapping[str, Any]) -> str:
    vault = results["vault"]
    text = f"{vault['notes']:,} notes, {vault['textBytes'] / 1e6:.1f} MB of text"
    return table(("", ""), [*results["machine"].items(), ("vault", text)])


def _goals(results: Mapping[str, Any]) -> str:
    met = {True: "yes", False: "**no**", None: _NONE}
    return table(
        ("what", "goal", "reached", "times over", "met"),
        [
            (
                each.goal.what,
                each.goal.wanted(),
                _NONE if each.reached is None else f"{quantity(each.reached)} {each.goal.unit}",
                quantity(each.ratio),
                met[each.met],
            )
            for each in goals.outcomes(results)
        ],
    )


def _engines(results: Mapping[str, Any]) -> str:
    heads = (
        "engine",
        "notes",
        "read s",
        "index s",
        "peak MB",
        "rest MB",
        "folder MB",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "note found",
        "asked for",
    )
    rows = _our_rows(results["ours"]) if "ours" in results else []
    notes = []
    for peer in results.get("peers", {}).values():
        rows += _peer_rows(peer)
        notes += [f"- {peer['what']} did not finish: {failure}." for failure in peer["failures"]]
    return "\n\n".join(filter(None, [table(heads, rows), "\n".join(notes)]))


def _our_rows(ours: Mapping[str, Any]) -> list[Sequence[str]]:
    """One process that holds the indexes of words and of meaning, asked in two ways."""
    return [
        (
            f"**Vault Librarian**, {mode}, over its socket",
            f"{ours['notes']:,}",
            "in the next",
            quantity(ours["unseen"][indexed]["median_ms"] / 1000),
            quantity(ours["peakMb"]),
            quantity(ours["restMb"]),
            quantity(ours["folderBytes"] / 1e6),
            *_times(ours[asked]["latency"]),
            f"{ours[asked]['foundShare']:.0%}",
            configured,
        )
        for mode, asked, indexed, configured in (
            ("by words", "queries", "openMs", "prefixes, typos, phrases, best passages"),
            ("hybrid", "hybrid", "semanticMs", "the same, and meaning"),
        )
    ]


def _peer_rows(peer: Mapping[str, Any]) -> list[Sequence[str]]:
    if "passes" not in peer:
        return [(peer["what"], *[_NONE] * 11)]
    folder = peer["folderBytes"]
    return [
        (
            f"{measured['name']} ({peer['version']})",
            f"{peer['documents']:,}",
            quantity(peer["readMs"] / 1000),
            quantity(peer["indexMs"] / 1000),
            quantity(peer["peakMb"]),
            quantity(peer["restMb"]),
            _NONE if folder is None else quantity(folder / 1e6),
            *_times(measured["latency"]),
            f"{measured['foundShare']:.0%}" + _unanswered(measured),
            measured["configured"],
        )
        for measured in peer["passes"]
    ]


def _unanswered(measured: Mapping[str, Any]) -> str:
    return "" if measured["answered"] == measured["asked"] else f" of the first {measured['answered']} queries"


def _times(latency: Mapping[str, float]) -> tuple[str, str, str]:
    return quantity(latency["p50_ms"]), quantity(latency["p95_ms"]), quantity(latency["p99_ms"])


def _ratios(results: Mapping[str, Any], recorded: Mapping[str, float]) -> str:
    now = ratios.of(results)
    if not now and not recorded:
        return "Not measured: ratios need the librarian and its peers in one run."
    return table(
        ("ratio", "now", "recorded"),
        [(name, quantity(now.get(name)), quantity(recorded.get(name))) for name in sorted({*now, *recorded})],
    )


def _looks(ours: Mapping[str, Any]) -> str:
    """What looking for duplicates takes over the socket."""
    found, of_note = ours["duplicates"], ours["duplicates"]["ofNote"]
    seconds = {
        "by words, first look of a process": found["firstMs"],
        "by words, after a note was changed": found["againMs"],
        "by words, another threshold": found["thresholdMs"],
        "by meaning": found["meaningMs"],
    }
    rows = [(name, f"{quantity(took / 1000)} s") for name, took in seconds.items()]
    rows += [(f"of one note, {name}", f"{quantity(of_note[f'{name}_ms'])} ms") for name in ("p50", "p95", "p99")]
    rows += [(f"groups {kind}", f"{groups:,}") for kind, groups in found["groups"].items()]
    rows.append(("private memory at rest afterwards", f"{quantity(ours['restAfterDuplicatesMb'])} MB"))
    return table(("look", "reached"), rows)


ENGINES = {
    "ours": "**Vault Librarian**, near",
    "oursOneThread": "**Vault Librarian**, near, one thread",
    "rensa": "rensa",
    "datasketch": "datasketch",
    "oursMeaning": "**Vault Librarian**, by meaning",
    "semhash": "SemHash",
}


def _found(duplicates: Mapping[str, Any]) -> str:
    """Engines over the same texts."""
    versions = duplicates["versions"]
    rows = [
        (
            f"{what} ({versions[name]})" if name in versions else what,
            quantity(duplicates["engines"][name]["textsPerS"]),
            f"{duplicates['engines'][name]['pairs']:,}",
            f"{duplicates['engines'][name]['recall']:.1%}",
        )
        for name, what in ENGINES.items()
    ]
    told = (
        f"{duplicates['texts']:,} texts, of which {duplicates['labelled']:,} pairs are versions of one note with a "
        f"Jaccard's index of 0.5 and more. The peers cut their shingles in Python ({duplicates['shinglingS']:.1f} s of "
        "their time) and take what MinHash estimates for true; ours are read from files and compared exactly."
    )
    return f"{told}\n\n{table(('engine', 'texts/s', 'pairs told', 'labelled pairs found'), rows)}"


def _first_tokens(measured: Mapping[str, Any]) -> str:
    """Both ways to the first piece of an answer, and what lies between them."""
    ways = {"ours": "over the socket", "sdk": "by the SDK", "added": "added"}
    told = (
        f"Milliseconds until the first piece of a model's answer, {measured['calls']} requests of each kind: over the sidecar's socket, and "
        "the same requests by the provider's SDK alone. What is added is beyond the median of the latter."
    )
    heads = ("request", *(f"{way}, {percent}" for way in ways.values() for percent in ("p50", "p95")))
    rows = [
        (row["name"], *(quantity(row[way][each]) for way in ways for each in ("p50_ms", "p95_ms")))
        for row in measured["rows"]
    ]
    return f"{told}\n\n{table(heads, rows)}"


def _typing(plugin: Mapping[str, Any]) -> str:
    """What a person waits for, who types fast in a vault of made-up notes."""
    search, editor = plugin["search"], plugin["editorWhileReading"]
    rows = {
        "key → results painted": search["keyToResults"],
        "of that: question → answer": search["askToAnswer"],
        "of that: in the sidecar": search["inTheSidecar"],
        "frame while searching": search["frames"],
        "key → picture in the editor, while the vault is read": editor["keyToPicture"],
        "frame in the editor meanwhile": editor["frames"],
    }
    told = (
        f"{plugin['notes']:,} notes, a key every {plugin['betweenKeys_ms']} ms, the release of the plugin in Chromium with a "
        "stand-in for Obsidian and the real sidecar. A picture is painted every 16.7 ms at best."
    )
    # Of runs from before drafts were streamed into the editor there is nothing to tell.
    if streaming := plugin.get("streaming"):
        told += (
            f" A draft of {streaming['deltas']:,} pieces is streamed into a note of {streaming['noteLines']:,} lines, and "
            "others are ended by Escape while the provider is silent."
        )
        rows |= {
            "frame while a draft streams": streaming["frames"],
            "Escape → the provider's request is cut": streaming["escapeToAborted"],
        }
    figures = [
        (what, str(times["count"]), *(quantity(times[each]) for each in ("p50_ms", "p95_ms", "max_ms")))
        for what, times in rows.items()
    ]
    return f"{told}\n\n{table(('time', 'measured', 'p50 ms', 'p95 ms', 'longest ms'), figures)}"


def _kinds(ours: Mapping[str, Any]) -> str:
    """Latencies by the rule a query was made by, by words alone and hybrid."""
    modes = ours["queries"], ours["hybrid"]
    rows = [_kind(kind, [mode["byKind"][kind] for mode in modes]) for kind in sorted(ours["queries"]["byKind"])]
    rows.append(_kind("all, over the socket", [mode["latency"] for mode in modes]))
    rows.append(_kind("all, as the sidecar counts", [mode["inside"] for mode in modes]))
    percentiles = [f"{mode} {percent} ms" for mode in ("keyword", "hybrid") for percent in ("p50", "p95", "p99")]
    return table(("kind", "queries", *percentiles), rows)


def _kind(name: str, latencies: Sequence[Mapping[str, float]]) -> Sequence[str]:
    return (name, str(latencies[0]["count"]), *(each for latency in latencies for each in _times(latency)))


def _stores(ours: Mapping[str, Any]) -> str:
    rows = [(name, quantity(size / 1e6), quantity(size / ours["textBytes"])) for name, size in ours["stores"].items()]
    whole = ("data folder", quantity(ours["folderBytes"] / 1e6), quantity(ours["folderBytes"] / ours["textBytes"]))
    return table(("store", "MB", "÷ text"), [*rows, whole])
