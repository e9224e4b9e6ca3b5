"""A folder with a model: whether it is safe to load, what kind it is, and what its files say about it.

A model folder can carry code (``*.py``, pickles, module names), and loading it would run that. So a folder is refused
unless everything in it is of a kind that is only data, whatever the library that loads it would have made of the rest.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from librarian.errors import ModelUnusable

DATA_SUFFIXES = frozenset({".json", ".safetensors", ".onnx", ".txt", ".model", ".md"})
DATA_NAMES = frozenset({"license", "notice", ".gitattributes", ".gitignore"})
MODULE = re.compile(r"sentence_transformers(\.\w+)*\.(Transformer|Pooling|Normalize|Dense)", re.ASCII)
VOCABULARIES = frozenset({"tokenizer.json", "vocab.json", "unigram.json"})
"""Large lists of words, in which a word may look like an option."""
MAX_FILES = 64
MAX_DEPTH = 2
MAX_OPTIONS_BYTES = 1_000_000
MAX_TOKENS = 512
"""More are not given to a model even where it would take them: time grows with their square."""
MAX_PASSAGE_WORDS = 120
"""Larger passages find less, however long a text the model would take (measured, see docs/decisions)."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder that was looked at and holds nothing but data."""

    path: Path
    kind: Literal["static", "transformer"]
    files: tuple[str, ...]
    options: dict[str, Any]
    """``config.json``"""
    modules: tuple[dict[str, Any], ...]

    @functools.cached_property
    def digest(self) -> str:
        """Over the names and contents of every file that says what vectors come out. Reads all of them."""
        digest = hashlib.blake2b(digest_size=16)
        for name in self.files:
            if Path(name).suffix not in (".md", "") and Path(name).name not in DATA_NAMES:
                digest.update(f"{name}\0{_digest(self.path / name)}\n".encode())
        return digest.hexdigest()

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that count; the rest is cut off."""
        told = (
            _options(self.path, "sentence_bert_config.json").get("max_seq_length"),
            _options(self.path, "tokenizer_config.json").get("model_max_length"),
            self.options.get("max_position_embeddings"),
        )
        known = [number for number in told if isinstance(number, int) and number > 0]
        # The first that is there is what the model was trained with.
        return min(known[0] if known else MAX_TOKENS, MAX_TOKENS)

    @property
    def passage_words(self) -> int:
        """Words that fit into the tokens that count: about two tokens are one word, in the languages that need more."""
        return min(self.max_tokens * 15 // 32, MAX_PASSAGE_WORDS)

    @property
    def dimensions(self) -> int:
        """Numbers in a vector. Raises ModelUnusable when the files do not say."""
        for module in reversed(self.modules):
            told = _options(self.path / module["path"], "config.json")
            number = told.get("out_features") or told.get("word_embedding_dimension") or told.get("embedding_dimension")
            if module["path"] and isinstance(number, int):
                return number
        number = self.options.get("hidden_size") or self.options.get("dim")
        if not isinstance(number, int):
            raise ModelUnusable(f"The model in {self.path} does not say how many dimensions its vectors have.")
        return number


def inspect(path: Path, *, vault: Path | None = None, is_ours: bool = False) -> ModelFolder:
    """Look at the folder; nothing in it is loaded. Raises ModelUnusable with the reason and what to do.

    A folder inside a vault, ``vault`` or any other, is refused: whoever writes notes there would choose the model.
    One that we downloaded (``is_ours``) may be where our data is, even for somebody whose home folder is a vault.
    """
    try:
        folder = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ModelUnusable(f"There is no model folder at {path}.") from error
    if not folder.is_dir():
        raise ModelUnusable(f"{folder} is not a folder.")
    if not is_ours:
        _outside_vaults(folder, vault)
    files = sorted(_files(folder))
    try:
        _check_options(folder, files)
        modules = _modules(folder)
        kind: Literal["static", "transformer"] = "transformer" if modules else "static"
    except OSError as error:
        raise ModelUnusable(f"The model in {folder} cannot be read: {error.strerror}.") from error
    for name in ("model.safetensors", "tokenizer.json"):
        if name not in files:
            raise ModelUnusable(f"The model in {folder} has no file {name}; models in other formats are not loaded.")
    return ModelFolder(folder, kind, tuple(files), _options(folder, "config.json"), modules)


def _outside_vaults(folder: Path, vault: Path | None) -> None:
    inside = any((above / ".obsidian").exists() for above in (folder, *folder.parents))
    if inside or (vault is not None and folder.is_relative_to(vault.resolve())):
        raise ModelUnusable(f"The model in {folder} lies inside a vault. Models are never loaded from there; move it.")


def _files(folder: Path) -> Iterator[str]:
    """Paths below ``folder`` with ``/``, each of which is data."""
    count = 0
    for above, folders, names in os.walk(folder):
        relative = Path(above).relative_to(folder)
        if len(relative.parts) > MAX_DEPTH:
            raise ModelUnusable(f"The model in {folder} has folders in folders, which no model needs.")
        for name in [*folders, *names]:
            if (Path(above) / name).is_symlink():
                raise ModelUnusable(f"{relative / name} in {folder} is a link. Copy the files themselves (cp -rL).")
        for name in names:
            count += 1
            suffix = Path(name).suffix.lower()
            if suffix not in DATA_SUFFIXES and name.lower() not in DATA_NAMES:
                raise ModelUnusable(
                    f"The model in {folder} has a file {(relative / name).as_posix()!r}, which may carry code. "
                    "Remove it; model.safetensors, tokenizer.json and the .json files beside them are enough."
                )
            if count > MAX_FILES:
                raise ModelUnusable(f"The folder {folder} has more than {MAX_FILES} files, so it is no model.")
            yield (relative / name).as_posix()


def _check_options(folder: Path, files: list[str]) -> None:
    """Refuse options that lead to code or to other places."""
    if "adapter_config.json" in files:
        raise ModelUnusable(f"The model in {folder} is an adapter to another model; merge the two first.")
    for name in files:
        if not name.endswith(".json") or Path(name).name in VOCABULARIES:
            continue
        found = _named(_read(folder / name), {"auto_map", "trust_remote_code", "custom_pipelines"})
        if found:
            raise ModelUnusable(f"The model in {folder} wants code of its own to be run ({found} in {name}).")


def _named(value: Any, names: set[str]) -> str | None:
    """A name that an object within a JSON value has, with something true below it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in names and inner:
                return str(name)
            if found := _named(inner, names):
                return found
    if isinstance(value, list):
        return next(filter(None, (_named(inner, names) for inner in value)), None)
    return None


def _modules(folder: Path) -> tuple[dict[str, Any], ...]:
    """What ``modules.json`` lists, empty when the model is a static one."""
    listed = _read(folder / "modules.json") if (folder / "modules.json").exists() else []
    if not isinstance(listed, list) or not all(isinstance(module, dict) for module in listed):
        raise ModelUnusable(f"The list of modules in {folder} is no list.")
    if any(str(module.get("type", "")).rpartition(".")[2] == "StaticEmbedding" for module in listed):
        return ()
    for module in listed:
        path, kind = module.get("path"), str(module.get("type", ""))
        if not MODULE.fullmatch(kind):
            raise ModelUnusable(f"The model in {folder} has a module {kind[:80]!r}, which is not loaded.")
        if not isinstance(path, str) or not re.fullmatch(r"(\w+)?", path, re.ASCII):
            raise ModelUnusable(f"The model in {folder} has a module outside its folder.")
        # The name of a function to import.
        activation = _options(folder / path, "config.json").get("activation_function", "torch.nn.")
        if not re.fullmatch(r"torch\.nn\.[\w.]*", str(activation), re.ASCII):
            raise ModelUnusable(f"The model in {folder} wants {str(activation)[:80]!r} to be run.")
    return tuple(listed)


def _options(folder: Path, name: str) -> dict[str, Any]:
    """A file of options; empty when there is none."""
    if not (folder / name).is_file():
        return {}
    options = _read(folder / name)
    return options if isinstance(options, dict) else {}


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > MAX_OPTIONS_BYTES:
            raise ModelUnusable(f"{file} is too large for a file of options.")
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelUnusable(f"{file} is not JSON.") from error


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
    except OSError as error:
        raise ModelUnusable(f"{file} cannot be read: {error.strerror}.") from error
