"""What a person can choose: a declared list of settings, one JSON file, and choices per vault that go before it.

A file that is wrong somewhere never keeps anyone from their notes: what cannot be used becomes its default, with a
notice,
and the file as it was stays beside it as ``.bak``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field, ValidationError

from librarian.chat.presets import NONE, PRESETS, Choice
from librarian.errors import SettingInvalid
from librarian.places import private_folder, write_whole
from librarian.setting import Kind, Scope, Setting
from librarian.value import Value

VERSION = 1
MAX_FILE_BYTES = 1024 * 1024

AT_ONCE = frozenset(
    {
        "embedding_paused",
        "provider",
        "chat_model",
        "base_url",
        "fallback_providers",
        "budget_call_usd",
        "budget_run_usd",
        "budget_day_usd",
        "budget_month_usd",
        "ask_from_usd",
        "model_prices",
    }
)
"""Settings that an open vault goes by as soon as they are changed; the others are read when it is opened."""

Folder = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^/\\:\x00][^\\:\x00]*$")]
Dollars = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$", json_schema_extra={"kind": "money"})]
Provider = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
Price = Annotated[
    str, Field(pattern=r"^[^/=\s]{1,41}/[^=\s]{1,200}=[0-9]{1,6}(\.[0-9]{1,6})?/[0-9]{1,6}(\.[0-9]{1,6})?$")
]


class Settings(Value):
    """Every setting, with its default."""

    excluded_folders: tuple[Folder, ...] = Field(
        default=(),
        description="Folders of the vault that are not indexed, as paths with `/`, with everything below them.",
    )
    max_note_mb: int = Field(
        default=20,
        ge=1,
        le=1000,
        description="Notes larger than this many megabytes are listed, but their text is not indexed.",
    )
    watch: bool = Field(
        default=True,
        description="Whether changes to files are noticed by watching the vault when no client reports them.",
    )
    meaning: bool = Field(
        default=True,
        description="Whether notes are found by meaning too, and related notes are known; all on this machine.",
    )
    model: str = Field(
        default="default",
        min_length=1,
        max_length=1024,
        description="Which model knows what notes mean: `default`, a name that `librarian models` lists, the whole "
        "path of a folder with one, or a provider's, as `openai/text-embedding-3-small`, or `custom/NAME@https://…/v1` "
        "with its address. A provider is sent nothing before `librarian models use` told its price.",
    )
    embedding_threads: int = Field(
        default=2, ge=1, le=64, description="Threads that a slow model may use; an instant one uses all for a moment."
    )
    embedding_paused: bool = Field(
        default=False, description="Whether a slow model rests: notes it has not read yet are found without it."
    )
    provider: str = Field(
        default=NONE,
        pattern=f"^({'|'.join([NONE, *(preset.name for preset in PRESETS)])})$",
        description="Who is asked to write: `none`, or a provider that `librarian providers` lists. With `none` "
        "nobody is asked, and no text leaves this machine.",
    )
    chat_model: str = Field(
        default="",
        max_length=1024,
        pattern=r"^[^\x00-\x1f]*$",
        description="Which model of the provider is asked, as `librarian providers models PROVIDER` lists them; for "
        "`embedded` a file that `librarian models` lists, or the whole path of one; empty: the one to begin with.",
    )
    base_url: str = Field(
        default="",
        max_length=1024,
        pattern=r"^(https?://[^\x00-\x20]+)?$",
        description="Where the provider is asked, if not at its own address; up to and with `/v1` for those that speak "
        "like OpenAI. Keys are never sent over `http://` to another machine.",
    )
    keyword_memory_mb: int = Field(
        default=256,
        ge=32,
        le=4096,
        description="Memory for building the keyword index. More builds large vaults a little faster.",
    )
    catalog_memory_mb: int = Field(
        default=192,
        ge=64,
        le=4096,
        description="Memory that statistics and links (DuckDB) may use before they go to disk.",
    )
    catalog_threads: int = Field(
        default=2, ge=1, le=64, description="Threads that statistics and links (DuckDB) may use."
    )
    record_usage: bool = Field(
        default=True,
        description="Whether the duration of calls is recorded, on this machine only. It can be erased at any time.",
    )
    budget_call_usd: Dollars = Field(
        default="0.50",
        description="The most that one call of a model may cost, in US dollars; 0 lets none cost anything.",
    )
    budget_run_usd: Dollars = Field(
        default="2.00", description="The most that one run of many calls may cost, such as summaries of a folder."
    )
    budget_day_usd: Dollars = Field(
        default="5.00", description="The most that models may cost on a day, in all vaults together."
    )
    budget_month_usd: Dollars = Field(
        default="20.00", description="The most that models may cost in a calendar month, in all vaults together."
    )
    ask_from_usd: Dollars = Field(
        default="0.05",
        description="What costs as much is asked about before it is begun, in US dollars; 0 asks before all that costs "
        "anything. Less is told, and begun.",
    )
    model_prices: tuple[Price, ...] = Field(
        default=(),
        description="What models cost that are not in the list of prices, in US dollars for a million tokens read and "
        "written: `provider/model=0.25/1.25`. They go before the list.",
        json_schema_extra={"kind": "names"},
    )
    fallback_providers: tuple[Provider, ...] = Field(
        default=(),
        description="Providers that may be asked when the chosen one cannot answer, in this order. Notes are sent to "
        "no other.",
        json_schema_extra={"kind": "names"},
    )

    def choice(self, *, provider: str | None = None, model: str | None = None, base_url: str | None = None) -> Choice:
        """The model that is chosen; what is given goes before, and another provider has no model or address of it."""
        same = provider in (None, self.provider)
        chosen = Choice(provider or self.provider, self.chat_model if same else "", self.base_url if same else "")
        given = {"model": model, "base_url": base_url}
        return replace(chosen, **{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True)
class Loaded:
    """The settings in force and what a person should know about their file."""

    shared: Settings
    vaults: Mapping[str, Mapping[str, Any]]
    """By vault id: only what differs there."""
    notices: tuple[str, ...]

    def of(self, vault_id: str) -> Settings:
        """The settings of one vault."""
        return self.shared.model_copy(update=dict(self.vaults.get(vault_id, {})))


def load(path: Path) -> Loaded:
    """Read the file at ``path``. An unusable value becomes its default and is told; a failing disk raises OSError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return Loaded(Settings(), {}, ())
    document, notices = _document(content)
    values, more = _usable(document.get("settings", {}), "settings")
    notices += more
    vaults: dict[str, Mapping[str, Any]] = {}
    sections = document.get("vaults", {})
    if not isinstance(sections, dict):
        notices.append("“vaults” is not an object; no vault has settings of its own.")
        sections = {}
    for vault_id, section in sections.items():
        vaults[vault_id], more = _usable(section, f"vaults.{vault_id}")
        notices += more
    if notices:
        notices.append(_repaired(path, values, vaults))
    return Loaded(Settings().model_copy(update=values), vaults, tuple(notices))


def change(path: Path, name: str, value: object, *, vault_id: str | None = None) -> Loaded:
    """Set ``name`` for every vault or for one; None takes the choice back. Raises :class:`SettingInvalid`."""
    loaded = load(path)
    values = {key: getattr(loaded.shared, key) for key in loaded.shared.model_fields_set}
    vaults = {key: dict(section) for key, section in loaded.vaults.items()}
    section = values if vault_id is None else vaults.setdefault(vault_id, {})
    if value is None and name in Settings.model_fields:
        section.pop(name, None)
    else:
        section[name] = checked(name, value)
    private_folder(path.parent)
    _write(path, values, vaults)
    return load(path)


def told(
    loaded: Loaded, vault_id: str, opened_with: Settings, options: Mapping[str, Sequence[str]]
) -> tuple[Setting, ...]:
    """Every setting of one vault, which was opened with ``opened_with``; ``options``: by name, see `Setting`."""
    chosen = loaded.of(vault_id)
    return tuple(
        Setting(
            name=name,
            kind=_kind(name),
            value=getattr(chosen, name),
            default=field.default,
            scope=_scope(loaded, vault_id, name),
            description=field.description or "",
            minimum=_schema(name).get("minimum"),
            maximum=_schema(name).get("maximum"),
            options=tuple(options.get(name, ())),
            holds=name in AT_ONCE or getattr(chosen, name) == getattr(opened_with, name),
        )
        for name, field in Settings.model_fields.items()
    )


def parse(name: str, text: str) -> object:
    """A value typed on a command line: JSON, or for lists words between commas, or the text itself."""
    if (
        name in Settings.model_fields
        and isinstance(Settings.model_fields[name].default, tuple)
        and not text.startswith("[")
    ):
        return checked(name, [part.strip() for part in text.split(",") if part.strip()])
    if name in Settings.model_fields and _kind(name) == "money":
        # As JSON it would be a number, and those are not exact.
        return checked(name, text)
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return checked(name, value)


def document() -> str:
    """The text of ``docs/settings.md``."""
    lines = [
        "# Settings",
        "",
        "<!-- Generated by `python -m librarian.settings`. Do not edit. -->",
        "",
        "They live in `settings.json`, in the folder that `librarian paths` shows (`LIBRARIAN_CONFIG` names another).",
        "Change them with `librarian config`. A vault's own choices go before the shared ones.",
        "A value that cannot be used is replaced by its default and told; the old file is kept as `settings.json.bak`.",
        "",
        "| setting | type | default | what it does |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = json.dumps(field.default if not isinstance(field.default, tuple) else list(field.default))
        lines.append(f"| `{name}` | {_type_name(name)} | `{default}` | {field.description} |")
    example = {
        "version": VERSION,
        "settings": {"max_note_mb": 20},
        "vaults": {"garden-0123456789abcdef": {"excluded_folders": ["Archive/Old"]}},
    }
    return "\n".join([*lines, "", "An example of the file:", "", "```json", json.dumps(example, indent=2), "```", ""])


def _type_name(name: str) -> str:
    kind = _kind(name)
    if kind == "number":
        return f"whole number, {_schema(name)['minimum']} to {_schema(name)['maximum']}"
    return {
        "folders": "list of folders",
        "names": "list of text",
        "switch": "true or false",
        "text": "text",
        "money": "US dollars, as text",
    }[kind]


def _kind(name: str) -> Kind:
    kinds: dict[str, Kind] = {"array": "folders", "integer": "number", "boolean": "switch", "string": "text"}
    schema = _schema(name)
    return cast(Kind, schema.get("kind")) or kinds[schema["type"]]


@cache
def _schema(name: str) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = Settings.model_json_schema(by_alias=False)["properties"]
    return properties[name]


def _scope(loaded: Loaded, vault_id: str, name: str) -> Scope:
    if name in loaded.vaults.get(vault_id, {}):
        return "thisVault"
    return "everyVault" if name in loaded.shared.model_fields_set else "default"


def _repaired(path: Path, values: Mapping[str, Any], vaults: Mapping[str, Mapping[str, Any]]) -> str:
    """Keep the file as it was and write what holds of it; says where it is kept."""
    backup = path.with_name(path.name + ".bak")
    try:
        write_whole(backup, path.read_bytes())
        _write(path, values, vaults)
    except OSError as error:
        return f"The settings file could not be repaired: {error}"
    return f"The settings file as it was is kept as {backup}."


def _document(content: bytes) -> tuple[dict[str, Any], list[str]]:
    if len(content) > MAX_FILE_BYTES:
        return {}, ["The settings file is too large to be one; defaults are used."]
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return {}, [f"The settings file is not JSON ({error}); defaults are used."]
    if not isinstance(document, dict):
        return {}, ["The settings file does not hold a JSON object; defaults are used."]
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        return document, ["The settings file does not say its version; what is known in it is used."]
    if version != VERSION:
        age = "an older" if version < VERSION else "a newer"
        return document, [
            f"The settings file is of {age} version ({version}, not {VERSION}); what is known in it is used."
        ]
    unknown = sorted(set(document) - {"version", "settings", "vaults"})
    return document, [f"Unknown section “{name}” is ignored." for name in unknown]


def _usable(section: object, where: str) -> tuple[dict[str, Any], list[str]]:
    """The settings of ``section`` that hold, and a notice for each that does not."""
    if not isinstance(section, dict):
        return {}, [f"“{where}” is not an object; defaults are used."]
    values: dict[str, Any] = {}
    notices: list[str] = []
    for name, value in section.items():
        try:
            values[name] = checked(str(name), value)
        except SettingInvalid as error:
            notices.append(f"{where}: {error} Its default is used.")
    return values, notices


def checked(name: str, value: object) -> Any:
    """``value`` as the setting's type; JSON's types must match, so ``"20"`` and ``true`` are no numbers.

    Raises :class:`SettingInvalid`.
    """
    if name not in Settings.model_fields:
        raise SettingInvalid(f"There is no setting “{name[:80]}”.", setting=name[:80])
    try:
        wrapped = json.dumps({name: list(value) if isinstance(value, tuple) else value}, allow_nan=False)
        return getattr(Settings.model_validate_json(wrapped, strict=True, by_name=True, by_alias=False), name)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_context=False)[0]["msg"]
    except (TypeError, ValueError):
        reason = "it is not a JSON value"
    raise SettingInvalid(f"“{name}” cannot be {json.dumps(value, default=repr)[:80]}: {reason}.", setting=name)


def _write(path: Path, values: Mapping[str, Any], vaults: Mapping[str, Mapping[str, Any]]) -> None:
    kept = {vault_id: section for vault_id, section in vaults.items() if section}
    document: dict[str, Any] = {"version": VERSION, "settings": dict(values)} | ({"vaults": kept} if kept else {})
    write_whole(path, json.dumps(cast(object, document), indent=2, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    page = Path("docs/settings.md")
    if "--check" in sys.argv[1:]:
        sys.exit(page.read_text(encoding="utf-8") != document() and f"out of date: {page}; run make generated")
    page.write_text(document(), encoding="utf-8")
