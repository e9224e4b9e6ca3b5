"""A model folder is looked at before it is loaded: what may carry code is refused, what says how it is used is read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import model_folders
import pytest

from librarian.embedding import StaticEmbedder, open_embedder
from librarian.embedding.folder import inspect
from librarian.embedding.known import KNOWN
from librarian.embedding.prompts import Prompts, prompts_of
from librarian.errors import ModelUnusable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folders.transformer(tmp_path / "model")


def test_a_transformer_says_how_it_is_used(folder: Path) -> None:
    found = inspect(folder)
    assert (found.kind, found.dimensions, found.max_tokens, found.passage_words) == ("transformer", 8, 256, 120)


@pytest.mark.parametrize(("tokens", "words"), [(128, 60), (256, 120), (512, 120), (64, 30)])
def test_passages_are_as_long_as_the_model_reads_and_no_longer_than_helps(
    folder: Path, tokens: int, words: int
) -> None:
    model_folders.write(folder, "sentence_bert_config.json", {"max_seq_length": tokens})
    assert inspect(folder).passage_words == words


def test_a_model_without_limits_of_its_own_gets_ours(folder: Path) -> None:
    (folder / "sentence_bert_config.json").unlink()
    model_folders.write(folder, "tokenizer_config.json", {"model_max_length": 10**30})
    assert inspect(folder).max_tokens == 512


@pytest.mark.parametrize(
    "name",
    [
        "pytorch_model.bin", "modeling.py", "1_Pooling/code.py", "model.pkl", "model.pt", "model.pth", "weights.h5",
        "model.ckpt", "tf_model.msgpack", "lib.so", "model.gguf", "openvino/model.xml", "MODEL.PY", "run",
    ],
)  # fmt: skip
def test_files_that_are_not_only_data_are_refused(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("")
    with pytest.raises(ModelUnusable, match="may carry code"):
        inspect(folder)


def test_what_is_only_data_is_let_be(folder: Path) -> None:
    for name in ("README.md", "LICENSE", "vocab.txt", "sentencepiece.bpe.model", "onnx/model.onnx", ".gitattributes"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    assert inspect(folder).kind == "transformer"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", {"hidden_size": 8, "auto_map": {"AutoModel": "code.Model"}}),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["code.Tokenizer", None]}}),
        ("sentence_bert_config.json", {"max_seq_length": 9, "model_args": {"trust_remote_code": True}}),
        ("1_Pooling/config.json", {"x": [{"auto_map": "code"}]}),
        ("preprocessor_config.json", {"custom_pipelines": {"x": {"impl": "code.Pipeline"}}}),
        ("adapter_config.json", {"base_model_name_or_path": "somewhere/else"}),
        ("modules.json", [{"path": "", "type": "code.Transformer"}]),
        ("modules.json", [{"path": "", "type": "sentence_transformers.models.Transformer\nx"}]),
        ("modules.json", [{"path": "", "type": "sentence_transformers.models.Asym"}]),
        ("modules.json", [{"path": "../other", "type": "sentence_transformers.models.Pooling"}]),
        ("modules.json", [{"path": "/etc", "type": "sentence_transformers.models.Pooling"}]),
        ("modules.json", [{"type": "sentence_transformers.models.Pooling"}]),
        ("modules.json", {"0": "sentence_transformers.models.Pooling"}),
        ("modules.json", ["sentence_transformers.models.Pooling"]),
    ],
)
def test_options_that_lead_to_code_or_elsewhere_are_refused(folder: Path, name: str, content: Any) -> None:
    model_folders.write(folder, name, content)
    with pytest.raises(ModelUnusable):
        inspect(folder)


@pytest.mark.parametrize("activation", ["os.system", "torch.nn.Tanh; import os", "torchx.nn.Tanh"])
def test_an_activation_that_is_none_of_torch_is_refused(folder: Path, activation: str) -> None:
    modules = [
        {"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "2_Dense", "type": "sentence_transformers.sentence_transformer.modules.Dense"},
    ]
    model_folders.write(folder, "modules.json", modules)
    dense = {"in_features": 8, "out_features": 4, "activation_function": "torch.nn.modules.activation.Tanh"}
    model_folders.write(folder, "2_Dense/config.json", dense)
    assert inspect(folder).dimensions == 4
    model_folders.write(folder, "2_Dense/config.json", {**dense, "activation_function": activation})
    with pytest.raises(ModelUnusable):
        inspect(folder)


def test_options_too_large_to_be_looked_at_are_refused(folder: Path) -> None:
    model_folders.write(folder, "tokenizer_config.json", {"x": "y" * 2_000_000, "auto_map": {"AutoTokenizer": "code"}})
    with pytest.raises(ModelUnusable, match="too large"):
        inspect(folder)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_options_that_are_not_json_are_told(folder: Path, content: bytes) -> None:
    (folder / "config.json").write_bytes(content)
    with pytest.raises(ModelUnusable, match="not JSON"):
        inspect(folder)


def test_links_are_refused(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.safetensors"
    (folder / "model.safetensors").rename(elsewhere)
    (folder / "model.safetensors").symlink_to(elsewhere)
    with pytest.raises(ModelUnusable, match="link"):
        inspect(folder)


def test_a_model_is_never_loaded_from_inside_a_vault(folder: Path, tmp_path: Path) -> None:
    outside = shutil.copytree(folder, tmp_path / "plain notes" / "model")
    with pytest.raises(ModelUnusable, match="vault"):
        inspect(outside, vault=tmp_path / "plain notes")
    assert inspect(outside, vault=tmp_path / "other")
    (tmp_path / ".obsidian").mkdir()
    with pytest.raises(ModelUnusable, match="vault"):
        inspect(folder)
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(folder)
    with pytest.raises(ModelUnusable, match="vault"):
        inspect(link)


def test_what_is_missing_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="no model folder"):
        inspect(tmp_path / "absent")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnusable, match=r"no file model\.safetensors"):
        inspect(folder)


def test_the_digest_changes_with_everything_that_changes_vectors_and_with_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    before = inspect(folder).digest
    (folder / "README.md").write_text("other words")
    assert inspect(shutil.copytree(folder, tmp_path / "copy")).digest == before
    digests = {before}
    for name in ("model.safetensors", "tokenizer.json", "1_Pooling/config.json"):
        (folder / name).write_bytes((folder / name).read_bytes() + b" ")
        digests.add(inspect(folder).digest)
    assert len(digests) == 4


def test_prompts_are_the_models_own_or_those_of_its_family(folder: Path, tmp_path: Path) -> None:
    assert prompts_of(inspect(folder)) == Prompts()
    e5 = shutil.copytree(folder, tmp_path / "multilingual-e5-small")
    assert prompts_of(inspect(e5)) == Prompts("query: ", "passage: ")
    named = model_folders.transformer(tmp_path / "mine", _name_or_path="BAAI/bge-small-en-v1.5")
    assert prompts_of(inspect(named)).query.startswith("Represent")
    own = {"prompts": {"query": "ask: ", "document": "tell: "}, "default_prompt_name": None}
    model_folders.write(e5, "config_sentence_transformers.json", own)
    assert prompts_of(inspect(e5)) == Prompts("ask: ", "tell: ")
    for odd in ({"prompts": []}, [], {"prompts": {"query": 3}}):
        model_folders.write(folder, "config_sentence_transformers.json", odd)
        assert prompts_of(inspect(folder)) == Prompts()


async def test_a_static_model_of_a_folder_answers_at_once(tmp_path: Path) -> None:
    embedder = open_embedder(str(model_folders.static(tmp_path / "mine")), tmp_path, threads=1)
    assert isinstance(embedder, StaticEmbedder)
    assert embedder.is_instant
    assert embedder.name == "mine"
    assert embedder.dimensions == 5
    assert await embedder.query("dough") == embedder.vector("Dough") != embedder.vector("oven")
    await embedder.close()


def test_a_home_folder_that_is_a_vault_keeps_nobody_from_downloaded_models(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    model_folders.static(tmp_path / ".local" / "models" / "potion-base-8M")
    models = tmp_path / ".local" / "models"
    assert open_embedder("potion-base-8M", models, threads=1, vault=tmp_path).dimensions == 5
    with pytest.raises(ModelUnusable, match="vault"):
        open_embedder(str(model_folders.static(tmp_path / "mine")), models, threads=1, vault=tmp_path)


@pytest.mark.parametrize("name", ["", "none-such", "../model", "a/b", "default ", "C:relative"])
def test_a_name_that_is_no_model_is_told_with_those_that_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelUnusable, match="potion-base-8M"):
        open_embedder(name, tmp_path, threads=1)


def test_a_model_that_is_not_downloaded_is_told_with_the_command_that_does_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="not downloaded yet") as raised:
        open_embedder("potion-base-8M", tmp_path, threads=1)
    assert "librarian models download potion-base-8M" in raised.value.with_hint


def test_what_is_pinned_is_pinned_whole() -> None:
    assert len({model.name for model in KNOWN}) == len(KNOWN)
    for model in KNOWN:
        assert len(model.revision) == 40
        names = [file.path for file in model.files]
        assert {"model.safetensors", "tokenizer.json", "config.json"} <= set(names)
        assert len(set(names)) == len(names)
        for file in model.files:
            assert len(file.sha256) == 64
            int(file.sha256, 16)
            assert file.size > 0
