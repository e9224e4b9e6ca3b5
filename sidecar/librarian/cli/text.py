"""Answers as people read them in a terminal. Colours are click's, which leaves them out of pipes and files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import click

from librarian.cli.snippet import Row, snippet
from librarian.cli.terminal import cells, clean_line, padded, width

DIM: dict[str, Any] = {"dim": True}
TITLE: dict[str, Any] = {"bold": True}
MATCH: dict[str, Any] = {"fg": "yellow", "bold": True}
HEADING: dict[str, Any] = {"fg": "cyan"}
WARNING: dict[str, Any] = {"fg": "yellow"}

INDENT = "  "


def print_hits(query: str, answer: dict[str, Any], *, why: bool) -> None:
    """A search's page of hits."""
    for hit in answer["hits"]:
        _print_hit(hit, why=why)
    if not answer["hits"]:
        past = answer["total"] > 0
        click.echo(
            f"There are only {answer['total']:,} notes for this." if past else f"Nothing found for: {clean_line(query)}"
        )
        if not past:
            click.echo(
                click.style("Fewer words find more; 'librarian search --help' shows what else can be asked.", **DIM)
            )
    click.echo(click.style(coverage_line(answer), **DIM))
    if notice := answer["coverage"].get("notice"):
        click.echo(click.style(clean_line(notice), **WARNING), err=True)
    if answer["coverage"].get("checking"):
        told = "Files are still being compared with the index: recent changes may be missing (--wait waits for them)."
        click.echo(click.style(told, **WARNING), err=True)


def _print_hit(hit: dict[str, Any], *, why: bool) -> None:
    passage = hit["passage"]
    columns = width()
    shown = snippet(passage, columns - len(INDENT))
    place = clean_line(hit["path"]) + (f":{shown.line + 1}" if hit["kind"] == "note" else "")
    title = clean_line(hit["title"])
    is_named = shown.heading is not None and shown.heading.text == title
    click.echo(_styled_place(place, shown.heading if is_named and shown.heading else Row(((title, False),))))
    if shown.heading and not is_named:
        click.echo(INDENT + _styled(shown.heading.within(columns - 4, before="§ "), HEADING))
    for row in shown.rows:
        click.echo(INDENT + _styled(row))
    if why:
        reasons = ", ".join(_reason(each) for each in hit["why"])
        click.echo(INDENT + click.style("why: " + reasons, **DIM))
    click.echo()


def _reason(why: dict[str, Any]) -> str:
    if why["kind"] == "meaning":
        return f"{why['field']} is near in meaning ({why['similarity']:.2f})"
    return f"{why['field']} “{clean_line(why['term'])}” ({why['kind']})"


def print_related(path: str, answer: dict[str, Any]) -> None:
    """Notes in the company of one."""
    click.echo(click.style(clean_line(path), **TITLE))
    for hit in answer["hits"]:
        _print_relative(f"{hit['similarity']:.2f}", hit, "linked" if hit["linked"] else "")
    if not answer["hits"]:
        click.echo("Nothing is near it in meaning yet; 'librarian status' tells whether all notes are embedded.")
    coverage = answer["coverage"]
    embedded = coverage.get("embedded") or 0
    told = f"{embedded:,} of {coverage['notes']:,} notes known by meaning · {answer['tookMs']:.1f} ms"
    click.echo("\n" + click.style(told, **DIM))


def print_mentions(path: str, answer: dict[str, Any]) -> None:
    """Where names stand without a link."""
    click.echo(click.style(clean_line(path), **TITLE))
    for name, key in (("Mentioned in", "incoming"), ("Mentions", "outgoing")):
        if answer[key]:
            click.echo(f"\n{click.style(name, **TITLE)} ({len(answer[key]):,})")
        for mention in answer[key]:
            remark = " ".join((f"“{clean_line(mention['name'])}”", "linked elsewhere" if mention["linked"] else ""))
            _print_relative(f"{mention['count']:>3}×", mention, remark.strip())
    if not answer["incoming"] and not answer["outgoing"]:
        click.echo("It names no other note without a link, and none names it.")


def _print_relative(figure: str, hit: dict[str, Any], remark: str) -> None:
    shown = snippet(hit["passage"], width() - 8)
    place = f"{clean_line(hit['path'])}:{shown.line + 1}"
    told = f"  {click.style(remark, **DIM)}" if remark else ""
    click.echo(f"\n  {figure}  {_styled_place(place, Row(((clean_line(hit['title']), False),)))}{told}")
    for row in shown.rows[:2]:
        click.echo(" " * 8 + _styled(row))


def _styled_place(place: str, title: Row) -> str:
    """A path with the note's name in bold; a title that is not the name goes before it."""
    name = PurePosixPath(place.rsplit(":", 1)[0]).stem
    at = place.rfind(name) if name else -1
    if title.text != name or at < 0:
        return f"{_styled(title, TITLE)}  {click.style(place, **DIM)}"
    before, after = place[:at], place[at + len(name) :]
    return (before and click.style(before, **DIM)) + _styled(title, TITLE) + (after and click.style(after, **DIM))


def _styled(row: Row, otherwise: dict[str, Any] | None = None) -> str:
    """A row with what matched in colour, and the rest in the style ``otherwise``."""
    styles = (otherwise, MATCH)
    return "".join(click.style(text, **style) if (style := styles[matched]) else text for text, matched in row.pieces)


def coverage_line(answer: dict[str, Any]) -> str:
    """What the answer looked at, in one line."""
    coverage = answer["coverage"]
    shown = len(answer["hits"])
    parts = [f"{shown:,} of {answer['total']:,} shown"]
    if coverage["searched"] == coverage["notes"]:
        parts.append(f"all {coverage['notes']:,} notes searched")
    else:
        parts.append(
            f"{coverage['searched']:,} of {coverage['notes']:,} notes searched; "
            f"{coverage['skipped']:,} skipped (librarian status says why)"
        )
    parts.append(f"by {answer['mode']}")
    parts.append(f"{answer['tookMs']:.1f} ms")
    return " · ".join(parts)


def print_saved(answer: dict[str, Any]) -> None:
    """Searches kept under a name."""
    searches = answer["searches"]
    if not searches:
        click.echo("No search is saved yet. Save one: librarian search --save NAME WORDS")
        return
    columns = min(30, max(cells(clean_line(each["name"])) for each in searches))
    for each in searches:
        click.echo(f"{click.style(padded(clean_line(each['name']), columns), **TITLE)}  {clean_line(each['text'])}")


def print_links(path: str, answer: dict[str, Any]) -> None:
    """Both directions, and what is broken."""
    click.echo(click.style(clean_line(path), **TITLE))
    sections = (
        ("Links to", "outgoing", "target"),
        ("Linked from", "backlinks", "source"),
        ("Leads nowhere", "unresolved", "text"),
    )
    for name, key, other in sections:
        rows: dict[str, list[dict[str, Any]]] = {}
        for link in answer[key]:
            rows.setdefault(link[other], []).append(link)
        if rows:
            click.echo(f"\n{click.style(name, **TITLE)} ({len(rows):,})")
        columns = max((min(60, cells(clean_line(each))) for each in rows), default=0)
        for label, links in rows.items():
            hint = next((link["suggestion"] for link in links if link.get("suggestion")), None)
            told = click.style(f"  did you mean {clean_line(hint)}?", **WARNING) if hint else ""
            click.echo(f"  {padded(clean_line(label), columns)}  {click.style(_spots(links), **DIM)}{told}")
    if not any(answer[key] for _, key, _ in sections):
        click.echo("It has no links, and nothing links to it.")


def _spots(links: list[dict[str, Any]]) -> str:
    """Where in the linking note the links are."""
    lines = [str(link["line"] + 1) for link in links if link["kind"] != "property"]
    spots = ["properties"] if len(lines) < len(links) else []
    lines = list(dict.fromkeys(lines))
    if lines:
        more = f" and {len(lines) - 6} more" if len(lines) > 6 else ""
        spots.append(f"line{'s' if len(lines) > 1 else ''} {', '.join(lines[:6])}{more}")
    return ", ".join(spots)


def print_outline(answer: dict[str, Any]) -> None:
    """A note at a glance."""
    click.echo(click.style(clean_line(answer["title"]), **TITLE) + click.style(f"  {answer['words']:,} words", **DIM))
    if answer["aliases"]:
        click.echo(f"also called {clean_line(', '.join(answer['aliases']))}")
    if answer["tags"]:
        click.echo(click.style(clean_line(" ".join(f"#{tag}" for tag in answer["tags"])), fg="green"))
    if answer.get("frontmatterError"):
        click.echo(click.style(f"properties cannot be read: {clean_line(answer['frontmatterError'])}", **WARNING))
    told_above = {"aliases", "alias", "tags", "tag"}
    _numbered(
        "Properties",
        [(f"{key}: {_value(value)}", None) for key, value in answer["properties"].items() if key not in told_above],
    )
    shallowest = min((heading["level"] for heading in answer["headings"]), default=1)
    headings = [("  " * (each["level"] - shallowest) + each["text"], each["line"]) for each in answer["headings"]]
    _numbered("Headings", headings)
    _numbered("Tasks", [(f"[{task['status']}] {task['text']}", task["line"]) for task in answer["tasks"]])


def _value(value: Any) -> str:
    """A property as people write it, not as a programming language does."""
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _numbered(name: str, rows: list[tuple[str, int | None]]) -> None:
    if rows:
        click.echo(f"\n{click.style(name, **TITLE)}")
    for text, line in rows:
        indent = len(text) - len(text.lstrip(" "))
        number = "" if line is None else click.style(f"{line + 1:>6}  ", **DIM)
        click.echo(f"{number or INDENT}{' ' * indent}{clean_line(text)}")


def print_overview(answer: dict[str, Any]) -> None:
    """The vault in figures."""
    rows = [
        ("notes", answer["notes"]),
        ("words", answer["words"]),
        ("links", answer["links"]),
        ("tags", answer["tags"]),
        ("attachments", answer["attachments"]),
        ("open tasks", answer["tasksOpen"]),
        ("done tasks", answer["tasksDone"]),
        ("orphans", answer["orphanCount"]),
        ("broken links", answer["brokenLinkCount"]),
    ]
    for name, number in rows:
        click.echo(f"{number:>12,}  {name}")
    section("Tags on most notes", [(f"#{row['tag']}", row["notes"]) for row in answer["topTags"]], shown=8)
    section("Most linked notes (links)", answer["mostLinked"], shown=8)
    section("Longest notes (words)", answer["largest"], shown=8)
    growth = [(row["month"], row["notes"]) for row in answer["growth"]]
    section("Notes at the end of each month", growth[-12:], shown=12, bars=True)
    section("Orphans", [(path, "") for path in answer["orphans"]], shown=8, total=answer["orphanCount"])
    broken = [(f"{row['source']}:{row['line'] + 1}", f"→ {row['text']}") for row in answer["brokenLinks"]]
    section("Broken links", broken, shown=8, total=answer["brokenLinkCount"])


def print_table(answer: dict[str, Any]) -> None:
    """Rows of a SQL query."""
    rows = [["" if cell is None else clean_line(str(cell)) for cell in row] for row in answer["rows"]]
    names = [clean_line(name) for name in answer["columns"]]
    widths = [min(60, max([cells(name), *(cells(row[place]) for row in rows)])) for place, name in enumerate(names)]
    aligned = [_is_number(answer["rows"], place) for place in range(len(names))]
    click.echo(click.style(_table_row(names, widths, aligned), **TITLE))
    for row in rows:
        click.echo(_table_row(row, widths, aligned))
    note = " (more rows exist; ask for fewer, or count them)" if answer["truncated"] else ""
    click.echo(
        click.style(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}{note} · {answer['tookMs']:.0f} ms", **DIM)
    )


def _is_number(rows: list[list[Any]], place: int) -> bool:
    return all(isinstance(row[place], int | float) and not isinstance(row[place], bool) for row in rows)


def _table_row(row: list[str], widths: list[int], right: list[bool]) -> str:
    shown = []
    for cell, columns, is_number in zip(row, widths, right, strict=True):
        text = padded(cell, columns)
        shown.append(text.rstrip().rjust(columns) if is_number else text)
    return "  ".join(shown).rstrip()


STATES = {"ready": "green", "failed": "red", "paused": "yellow", "checking": "yellow", "building": "yellow"}
IDLE = {
    "keyword": "not built yet",
    "catalog": "opened when statistics or links are asked for",
    "semantic": "opened when a search asks for it; 'librarian index' makes it whole",
}


def print_status(answer: dict[str, Any]) -> None:
    """What each index knows."""
    click.echo(click.style(clean_line(answer["path"]), **TITLE))
    counts = answer["counts"]
    click.echo(
        f"{counts['notes']:,} notes, {counts['canvases']:,} canvases, {counts['bases']:,} bases, "
        f"{counts['attachments']:,} attachments"
    )
    parts = {part["name"]: part for part in answer["parts"]}
    for name in (*IDLE, *(name for name in parts if name not in IDLE)):
        part = parts.get(name, {"state": "absent"})
        idle = part["state"] == "absent"
        state = click.style("–", **DIM) if idle else click.style(part["state"], fg=STATES.get(part["state"]))
        detail = part.get("detail") or (IDLE.get(name, "") if idle else "")
        amount = f" {part['done']:,} of {part['total']:,}" if part["state"] == "building" and part.get("total") else ""
        click.echo(f"  {name:<9} {state}{amount}{click.style('  ' + clean_line(detail), **DIM) if detail else ''}")
    timings = answer["timings"]
    if timings["keywordMs"]:
        catalog = f", catalog {timings['catalogMs'] / 1000:.1f} s" if timings.get("catalogMs") else ""
        semantic = f", meaning {timings['semanticMs'] / 1000:.1f} s" if timings.get("semanticMs") else ""
        click.echo(
            click.style(f"last look at the files: {timings['keywordMs'] / 1000:.2f} s{catalog}{semantic}", **DIM)
        )
    section("Left out", [(row["path"], row["reason"]) for row in answer["skipped"]], shown=20)


def section(name: str, rows: list[Any], *, shown: int, total: int | None = None, bars: bool = False) -> None:
    """A titled list of labels with a figure or a remark each, the first ``shown`` of it."""
    if not rows:
        return
    count = len(rows) if total is None else total
    rest = f"  first {shown} of {count:,}, --json has more" if total is not None and count > shown else ""
    click.echo(f"\n{click.style(name, **TITLE)}{click.style(rest, **DIM)}")
    rows = rows[:shown]
    columns = min(60, max(cells(clean_line(str(row[0]))) for row in rows))
    most = max((row[1] for row in rows if isinstance(row[1], int)), default=0)
    for label, value in rows:
        number = f"{value:>9,}" if isinstance(value, int) else clean_line(str(value))
        bar = "  " + click.style("█" * max(1, round(30 * value / most)), fg="cyan") if bars and most else ""
        click.echo(f"  {padded(clean_line(str(label)), columns)}  {number}{bar}".rstrip())
