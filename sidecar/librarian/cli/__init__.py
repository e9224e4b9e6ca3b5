"""The command line. Commands are imported when they run, so that ``--help`` is there at once."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "search": ("reading", "Find notes by what they say."),
    "ask": ("questions", "Answer a question from the notes, with the passages it stands on."),
    "saved": ("reading", "List saved searches, or ask one again."),
    "links": ("reading", "Show where a note leads and what leads to it."),
    "related": ("reading", "Show notes that belong to a note: near in meaning, or named in it."),
    "duplicates": ("duplicates", "Find notes that say the same."),
    "template": ("templates", "Infer templates from notes, and apply them."),
    "summarise": ("summarising", "Summarise a note, a folder, a tag, or what a search finds."),
    "outline": ("reading", "Show a note's headings, tags and tasks."),
    "stats": ("reading", "Show the vault in figures, or ask it in SQL."),
    "status": ("reading", "Show what each index knows, and what it left out."),
    "rewrite": ("drafts", "Have a model write a note, or some lines of it, anew."),
    "continue": ("drafts", "Have a model go on with a note."),
    "write": ("drafts", "Have a model write something new."),
    "changes": ("changing", "List what the librarian changed in notes."),
    "undo": ("changing", "Take a change back."),
    "index": ("keeping", "Bring the indexes up to date and wait until they are."),
    "rebuild": ("keeping", "Throw the indexes away and make them again."),
    "serve": ("serving", "Run the sidecar for an editor (JSON-RPC over a local websocket)."),
    "doctor": ("advising", "Find out what is wrong, and how to mend it."),
    "models": ("models", "List, download and choose the models that know what notes mean."),
    "usage": ("spending", "Show what models cost, and what is left of each budget."),
    "providers": ("providers", "List, choose and test the providers of models that write."),
    "keys": ("providers", "Keep keys of providers in the system's keyring."),
    "config": ("advising", "Show or change settings."),
    "paths": ("advising", "Show where the librarian keeps its data."),
}
"""Command: the module that has it, and what it does."""


class Lazy(click.Group):
    """A group that knows the names of its commands before their code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"librarian.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, "continue_" if cmd_name == "continue" else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else " See: librarian --help"
            raise click.UsageError(f"There is no command '{name}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from librarian import _native

        click.echo(f"librarian {_native.VERSION}")
        ctx.exit()


def _colour_wish() -> bool | None:
    """What the environment says about colours; None leaves it to whether there is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 nothing found, not all undone, or doctor found something wrong, 2 wrong usage, "
    "3 the vault is held by another process, "
    "4 no such vault, note, change or saved search, 5 failed, 130 stopped by Ctrl-C.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.option("--vault", "-V", type=click.Path(path_type=Path), help="The vault's folder; may also follow the command.")
@click.pass_context
def librarian(ctx: click.Context, vault: Path | None) -> None:
    """Find and understand the notes of an Obsidian vault, on your own machine.

    \b
    Start with:
      cd MyVault
      librarian search what I am looking for
      librarian stats

    Each command has its own --help with examples, and most have --json for scripts.
    """
    del vault  # read by the commands, from their context
    ctx.color = _colour_wish()
