"""Blocks of code that are only shown, by their language.

Plugins run, load or look things up for blocks of a name of their own, and Obsidian itself for some (a base may show
pictures of anywhere). A list of those is never whole, so this is one of those that nobody does anything with.
"""

from __future__ import annotations

PLAIN = "text"
_SHOWN = """
    text txt plain plaintext log console output markdown md tex latex bibtex json jsonc json5 yaml yml toml ini xml
    csv diff patch http sh bash zsh fish shell powershell ps1 bat cmd awk sed make makefile cmake docker dockerfile
    nginx python py pycon javascript js jsx typescript ts tsx css scss sass less vue svelte php ruby rb perl pl lua
    r julia matlab c h cpp c++ cc hpp cs csharp c# fs fsharp f# vb java kotlin kt scala groovy gradle swift objc
    objective-c go rust rs zig nim d dart haskell hs elm ocaml ml erlang elixir ex clojure clj lisp scheme racket
    prolog fortran cobol pascal ada asm nasm wasm verilog vhdl sql psql mysql sqlite cypher graphql proto protobuf
    hcl terraform nix vim regex solidity stata sas
"""
_ONLY_SHOWN = frozenset(_SHOWN.split())


def shown_language(info: str) -> str | None:
    """The language that stands behind the mark of a block, empty where none does; None where the block may be run."""
    language = "".join(info.split()[:1]).lower().lstrip("{.").rstrip("}")
    return language if language in _ONLY_SHOWN or not info.strip() else None
