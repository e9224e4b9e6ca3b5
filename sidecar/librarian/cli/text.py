"""Answers as people read them in a terminal. Colours are click's, which leaves them out of pipes and files."""

from __future__ import annotations

from typing import Any

import click

DIM = {"dim": True}
TITLE = {"bold": True}
MATCH = {"fg": "yellow", "bold": True}


def print_hits(query: str, answer: dict[str, Any], *, why: bool) -> None:
    """A search's page of hits."""
    for hit in answer["hits"]:
        passage = hit["passage"]
        place = f"{hit['path']}:{passage['line'] + 1}" if hit["kind"] == "note" else hit["path"]
        click.echo(f"{click.style(clean(hit['title']), **TITLE)}  {click.style(clean(place), **DIM)}")
        if passage["heading"]:
            click.echo(f"  {click.style('§ ' + clean(passage['heading']), fg='cyan')}")
        for line in _marked(passage["text"], passage["ranges"]).splitlines():
            if line.strip():
                click.echo(f"  {line}")
        if why:
            reasons = ", ".join(f"{reason['field']} “{clean(reason['term'])}” ({reason['kind']})" for reason in hit["why"])
            click.echo(f"  {click.style('why: ' + reasons, **DIM)}")
        click.echo()
    if not answer["hits"]:
        click.echo(f"Nothing found for {query!r}.")
    click.echo(click.style(coverage_line(answer), **DIM), err=False)


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
    if coverage.get("checking"):
        parts.append("files are still being compared")
    parts.append(f"by {answer['mode']}")
    parts.append(f"{answer['tookMs']:.1f} ms")
    return " · ".join(parts)


def print_links(path: str, answer: dict[str, Any]) -> None:
    """Both directions, and what is broken."""
    for name, key in (("Links to", "outgoing"), ("Linked from", "backlinks"), ("Leads nowhere", "unresolved")):
        rows = answer[key]
        if not rows:
            continue
        click.echo(click.style(f"{name} ({len(rows)})", **TITLE))
        for row in rows:
            other = row["target"] if key == "outgoing" else row["source"] if key == "backlinks" else row["text"]
            at = f"line {row['line'] + 1}"
            hint = f"  → did you mean {row['suggestion']}?" if row.get("suggestion") else ""
            click.echo(f"  {clean(other)}  {click.style(at, **DIM)}{clean(hint)}")
    if not any(answer.values()):
        click.echo(f"{path} has no links, and nothing links to it.")


def print_outline(answer: dict[str, Any]) -> None:
    """A note at a glance."""
    click.echo(click.style(clean(answer["title"]), **TITLE) + click.style(f"  {answer['words']:,} words", **DIM))
    if answer["aliases"]:
        click.echo(f"also called {clean(', '.join(answer['aliases']))}")
    if answer["tags"]:
        click.echo(clean(" ".join(f"#{tag}" for tag in answer["tags"])))
    if answer.get("frontmatterError"):
        click.echo(click.style(f"front matter: {clean(answer['frontmatterError'])}", fg="yellow"))
    for key, value in answer["properties"].items():
        click.echo(f"  {clean(key)}: {clean(str(value))}")
    for heading in answer["headings"]:
        at = click.style(f"{heading['line'] + 1}", **DIM)
        click.echo(f"{'  ' * heading['level']}{clean(heading['text'])}  {at}")
    for task in answer["tasks"]:
        click.echo(f"  [{clean(task['status'])}] {clean(task['text'])}  {click.style(str(task['line'] + 1), **DIM)}")


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
    _section("Top tags", [(f"#{row['tag']}", row["notes"]) for row in answer["topTags"]])
    _section("Most linked", answer["mostLinked"])
    _section("Longest (words)", answer["largest"])
    growth = [(row["month"], row["notes"]) for row in answer["growth"][-12:]]
    _section("Notes at the end of each month", growth, bars=True)
    broken = [(f"{row['source']}:{row['line'] + 1}", f"[[{row['text']}]]") for row in answer["brokenLinks"]]
    _section("Broken links", broken, shown=5)


def print_table(answer: dict[str, Any]) -> None:
    """Rows of a SQL query."""
    rows = [[("" if cell is None else clean(str(cell))) for cell in row] for row in answer["rows"]]
    widths = [
        min(60, max([len(name), *(len(row[place]) for row in rows)])) for place, name in enumerate(answer["columns"])
    ]
    click.echo(click.style("  ".join(name.ljust(width) for name, width in zip(answer["columns"], widths, strict=True)), **TITLE))
    for row in rows:
        click.echo("  ".join(cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    note = " (more rows exist; add a LIMIT)" if answer["truncated"] else ""
    click.echo(click.style(f"{len(rows):,} rows{note} · {answer['tookMs']:.0f} ms", **DIM))


def print_status(answer: dict[str, Any]) -> None:
    """What each index knows."""
    click.echo(click.style(clean(answer["path"]), **TITLE))
    counts = answer["counts"]
    click.echo(
        f"{counts['notes']:,} notes, {counts['canvases']:,} canvases, {counts['bases']:,} bases, "
        f"{counts['attachments']:,} attachments"
    )
    for part in answer["parts"]:
        colour = {"ready": "green", "failed": "red", "paused": "yellow"}.get(part["state"])
        detail = f"  {clean(part['detail'])}" if part.get("detail") else ""
        click.echo(f"  {part['name']:<9} {click.style(part['state'], fg=colour)}{detail}")
    timings = answer["timings"]
    if timings["keywordMs"]:
        catalog = f", catalog {timings['catalogMs'] / 1000:.1f} s" if timings.get("catalogMs") else ""
        click.echo(click.style(f"last look at the files: {timings['keywordMs'] / 1000:.2f} s{catalog}", **DIM))
    if answer["skipped"]:
        _section("Skipped", [(row["path"], row["reason"]) for row in answer["skipped"]], shown=20)


def clean(text: str) -> str:
    """Text from a note without control characters, which could steer a terminal."""
    return "".join(character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}" for character in text.replace("\t", "  "))


def _marked(text: str, ranges: list[list[int]]) -> str:
    """Text with what matched in colour. Ranges count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    pieces, at = [], 0
    for start, end in ranges:
        pieces.append(clean(_piece(units, at, start)))
        pieces.append(click.style(clean(_piece(units, start, end)), **MATCH))
        at = end
    pieces.append(clean(_piece(units, at, len(units) // 2)))
    return "".join(pieces)


def _piece(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le", "replace")


def _section(name: str, rows: list[Any], *, shown: int = 10, bars: bool = False) -> None:
    if not rows:
        return
    rest = f" (first {shown} of {len(rows)})" if len(rows) > shown and not bars else ""
    click.echo(f"\n{click.style(name, **TITLE)}{click.style(rest, **DIM)}")
    rows = rows if bars else rows[:shown]
    width = min(60, max(len(clean(str(row[0]))) for row in rows))
    most = max((row[1] for row in rows if isinstance(row[1], int)), default=0)
    for label, value in rows:
        number = f"{value:>8,}" if isinstance(value, int) else clean(str(value))
        bar = "  " + click.style("█" * round(30 * value / most), fg="cyan") if bars and most else ""
        click.echo(f"  {clean(str(label)):<{width}}  {number}{bar}")
