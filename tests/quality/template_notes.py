"""Folders of notes written from known templates by a seeded generator, as people would have written and changed them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Prop:
    """A property: a list's values, and those of a text with few of them, come from ``pool``."""

    name: str
    type: str
    default: tuple[str, ...] = ()
    pool: tuple[str, ...] = ()
    dated: bool = False
    """Whether it is the note's own day."""


@dataclass(frozen=True)
class Sec:
    """A section: what stands in it in every note, and the shape of what people add."""

    level: int
    text: str
    shape: str = "prose"
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A template. ``title``: the heading of the first level, with ``{title}`` and ``{date}``; empty for none."""

    name: str
    props: tuple[Prop, ...]
    secs: tuple[Sec, ...]
    title: str = "# {title}"
    named: str = "words"
    """How notes are called: ``words``, ``day``, or ``day words``."""
    words: tuple[str, ...] = (
        "heron",
        "mud",
        "tide",
        "samphire",
        "gate",
        "curlew",
        "salt",
        "creek",
        "reed",
        "dike",
        "eel",
    )
    flow: bool = True
    spacing: str = "\n"
    """What stands before and after headings, beside the end of the line."""


@dataclass(frozen=True)
class Noise:
    """How often people change what a template gave them."""

    section_missing: float = 0.15
    section_moved: float = 0.15
    section_added: float = 0.3
    property_missing: float = 0.1
    property_added: float = 0.2
    other_value: float = 0.05
    fixed_missing: float = 0.1


@dataclass(frozen=True)
class Folder:
    spec: Spec
    notes: dict[str, str] = field(default_factory=dict)
    """Text by path."""


def written(spec: Spec, notes: int, chance: random.Random, noise: Noise | None = None, folder: str = "Notes") -> Folder:
    """A folder of so many notes."""
    noise = noise or Noise()
    found: dict[str, str] = {}
    for number in range(notes):
        day = date(2025, 1, 1) + timedelta(days=number * 3 + chance.randrange(3))
        words = f"{chance.choice(spec.words)} {chance.choice(spec.words)} {number}"
        title = {"words": words, "day": f"{day}", "day words": f"{day} {words}"}[spec.named]
        found[f"{folder}/{title}.md"] = _note(spec, title, day, chance, noise)
    return Folder(spec, found)


def _note(spec: Spec, title: str, day: date, chance: random.Random, noise: Noise) -> str:
    lines = [
        line
        for prop in spec.props
        if chance.random() >= noise.property_missing
        for line in _prop(spec, prop, day, chance, noise)
    ]
    if chance.random() < noise.property_added:
        lines.append(f"{chance.choice(spec.words)}-{chance.randrange(99)}: {chance.randrange(9)}")
    text = "---\n" + "".join(f"{line}\n" for line in lines) + "---\n" if lines else ""
    if spec.title:
        text += spec.title.format(title=title, date=day) + "\n"
    for sec in _sections(spec, chance, noise):
        text += f"{spec.spacing}{'#' * sec.level} {sec.text}\n"
        below = _below(spec, sec, chance, noise)
        text += spec.spacing + below if below else ""
    return text


def _prop(spec: Spec, prop: Prop, day: date, chance: random.Random, noise: Noise) -> list[str]:
    if prop.dated:
        return [f"{prop.name}: {day}"]
    if prop.type == "list":
        kept = [each for each in prop.default if chance.random() >= noise.other_value]
        items = [*kept, *chance.sample(prop.pool, chance.randrange(min(3, len(prop.pool)) + 1))]
        if spec.flow or not items:
            return [f"{prop.name}: [{', '.join(items)}]"]
        return [f"{prop.name}:", *(f"  - {item}" for item in items)]
    if prop.default and chance.random() >= noise.other_value:
        return [f"{prop.name}: {prop.default[0]}"]
    if chance.random() < 0.15 and prop.type != "checkbox":
        return [f"{prop.name}:"]
    values: dict[str, Callable[[], str]] = {
        "number": lambda: str(chance.randrange(1, 500)),
        "checkbox": lambda: chance.choice(["true", "false"]),
        "date": lambda: str(date(2020, 1, 1) + timedelta(days=chance.randrange(900))),
        "datetime": lambda: f"2023-05-{chance.randrange(1, 28):02d}T{chance.randrange(24):02d}:15",
        "text": lambda: (
            chance.choice(prop.pool) if prop.pool else " ".join(_some(spec, chance, 3)) + f" {chance.randrange(999)}"
        ),
    }
    return [f"{prop.name}: {values[prop.type]()}"]


def _sections(spec: Spec, chance: random.Random, noise: Noise) -> list[Sec]:
    kept = [sec for sec in spec.secs if chance.random() >= noise.section_missing]
    if len(kept) > 2 and chance.random() < noise.section_moved:
        kept.insert(chance.randrange(len(kept)), kept.pop(chance.randrange(len(kept))))
    if chance.random() < noise.section_added:
        extra = Sec(2, " ".join(_some(spec, chance, 2)).title() + f" {chance.randrange(99)}")
        kept.insert(chance.randrange(len(kept) + 1), extra)
    return kept


def _below(spec: Spec, sec: Sec, chance: random.Random, noise: Noise) -> str:
    blocks = [each for each in sec.fixed if chance.random() >= noise.fixed_missing]
    said = [" ".join(_some(spec, chance, 8)) + f" {chance.randrange(999)}" for _ in range(chance.randrange(1, 4))]
    marks = {"task": "- [{}] ", "bullet": "- ", "number": "{}. "}
    if sec.shape == "prose":
        blocks += said[: chance.randrange(3)]
    elif sec.shape in marks:
        fills = [str(n) for n in range(1, 9)] if sec.shape == "number" else [chance.choice(" x") for _ in said]
        blocks.append("\n".join(marks[sec.shape].format(fill) + each for fill, each in zip(fills, said, strict=False)))
    elif sec.shape.startswith("table"):
        head = sec.shape.removeprefix("table ")
        rule = "| " + " | ".join("---" for _ in head.strip("|").split("|")) + " |"
        row = "| " + " | ".join(chance.choice(spec.words) for _ in head.strip("|").split("|")) + " |"
        blocks.append("\n".join([head, rule, row]))
    elif sec.shape.startswith("label"):
        labels = sec.shape.removeprefix("label ").split(", ")
        blocks.append("\n".join(f"{label} {chance.choice(said)}" for label in labels))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _some(spec: Spec, chance: random.Random, count: int) -> list[str]:
    return [chance.choice(spec.words) for _ in range(count)]


QUERY = '```dataview\nTABLE status FROM "Projects"\nWHERE due < date(today)\n```'
SPECS = (
    Spec(
        "daily", (Prop("date", "date", dated=True), Prop("tags", "list", ("daily",)), Prop("weather", "text"), Prop("slept", "number")),
        (Sec(2, "Plan", "task"), Sec(2, "Log"), Sec(2, "Noticed", "bullet"), Sec(2, "Open", "none", (QUERY,))), named="day",
    ),
    Spec(
        "Besprechung", (Prop("datum", "date", dated=True), Prop("tags", "list", ("besprechung",), ("salz", "deich", "siel")),
                        Prop("teilnehmer", "list", (), ("Elke", "Ben", "Jonas")), Prop("ort", "text", (), ("Büro", "Kneipe", "Watt"))),
        (Sec(2, "Anwesend", "bullet"), Sec(2, "Tagesordnung", "number"), Sec(2, "Gespräch"), Sec(3, "Offene Fragen", "bullet"),
         Sec(2, "Beschlüsse", "bullet"), Sec(2, "Aufgaben", "task", ("> [!warning] Fristen\n> Bis zur nächsten Sitzung.",))),
        named="day words", words=("Priel", "Watt", "Deich", "Schlick", "Queller", "Sommer", "Siel", "Reet", "Ebbe"), flow=False,
    ),
    Spec(
        "读书笔记", (Prop("tags", "list", ("读书",), ("小说", "自然")), Prop("作者", "text"), Prop("年份", "number"), Prop("评分", "number"),
                 Prop("读完", "checkbox"), Prop("状态", "text", (), ("在读", "已读", "想读"))),
        (Sec(2, "一句话"), Sec(2, "摘录", "bullet"), Sec(2, "想法"), Sec(2, "相关", "none", ("![[书架.base]]",))),
        words=("潮汐", "红树", "海滩", "月亮", "泥土", "沙乡", "盐沼", "候鸟"), spacing="",
    ),
    Spec(
        "persona", (Prop("tags", "list", ("persona",)), Prop("oficio", "text"), Prop("lugar", "text"), Prop("nacimiento", "date"),
                    Prop("idiomas", "list", (), ("es", "en", "de", "ja")), Prop("aliases", "list")),
        (Sec(2, "Quién es"), Sec(2, "Cómo nos conocimos"), Sec(2, "Contacto", "label **Correo:**, **Teléfono:**"), Sec(2, "Preguntar", "task")),
        words=("salina", "marea", "fango", "gamba", "puerto", "barco", "duna", "laguna"),
    ),
    Spec(
        "recette", (Prop("tags", "list", ("recette",), ("soupe", "pain")), Prop("personnes", "number"), Prop("durée", "number"),
                    Prop("végétarien", "checkbox"), Prop("source", "text")),
        (Sec(2, "Ingrédients", "bullet"), Sec(2, "Préparation", "number"), Sec(2, "Variantes"), Sec(2, "Mesures", "table | quoi | combien |")),
        words=("sel", "beurre", "pain", "four", "moule", "poireau", "farine", "citron", "crème"),
    ),
    Spec(
        "project", (Prop("status", "text", ("open",)), Prop("due", "date"), Prop("reviewed", "datetime"), Prop("lead", "text"),
                    Prop("area", "list", (), ("marsh", "garden", "kitchen")), Prop("budget", "number"), Prop("done", "checkbox", ("false",))),
        (Sec(2, "Goal", "prose", ("What will be different when this is done?",)), Sec(2, "Next steps", "task", ("- [ ] Tell everybody\n- [ ] Put it into the calendar",)),
         Sec(2, "Notes"), Sec(2, "Tasks elsewhere", "none", (QUERY,)), Sec(2, "Done", "bullet")),
        title="",
    ),
    Spec(
        "source", (Prop("authors", "list", (), ("Mori", "Salas", "Chen", "Abadi")), Prop("year", "number"), Prop("doi", "text"), Prop("read", "checkbox")),
        (Sec(2, "In one sentence"), Sec(2, "Method"), Sec(3, "Doubts", "bullet"), Sec(2, "Quotes", "prose", ("%% With page numbers. %%",)), Sec(2, "Links", "bullet")),
    ),
)  # fmt: skip


def drawn(chance: random.Random) -> Spec:
    """A template that nobody thought of."""
    nouns = [
        f"{one}{two}" for one in ("ri", "lo", "ma", "te", "ku", "fen") for two in ("dan", "vel", "sor", "mik", "pua")
    ]
    chance.shuffle(nouns)
    types = ("text", "number", "checkbox", "date", "datetime", "list")
    props = tuple(
        Prop(nouns.pop(), type_, (nouns.pop(),) if type_ in ("text", "list") and chance.random() < 0.4 else ())
        for type_ in (chance.choice(types) for _ in range(chance.randrange(2, 7)))
    )
    shapes = ("prose", "task", "bullet", "number", "none")
    secs = tuple(
        Sec(
            2 if number == 0 else chance.choice((2, 2, 3)),
            f"{nouns.pop().title()} {nouns[0]}" if chance.random() < 0.5 else nouns.pop().title(),
            chance.choice(shapes),
            (f"Always {nouns[-1]} {number}, whatever else.",) if chance.random() < 0.3 else (),
        )
        for number in range(chance.randrange(2, 8))
    )
    spec = Spec("drawn", props, secs, flow=chance.random() < 0.5, spacing=chance.choice(("", "\n")))
    return replace(spec, title=chance.choice(("# {title}", "")), named=chance.choice(("words", "day", "day words")))
