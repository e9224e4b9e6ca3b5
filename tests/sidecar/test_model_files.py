"""Model files from a hub of our own: pinned before they are fetched, resumed, verified, and offered only when whole."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from librarian.chat import hub as hubs
from librarian.chat import model_files
from librarian.chat.hub import Reference
from librarian.chat.model_files import KNOWN, Pin, download
from librarian.errors import DownloadFailed, ModelNotFound, StorageFull
from librarian.places import alone

CONTENT = b"GGUF" + bytes(range(256)) * 4000
OTHER = b"GGUF" + bytes(range(255, -1, -1)) * 4000
REPOSITORY, FILE = "owner/Some-GGUF", "some-q4_k_m.gguf"
REFERENCE = Reference(REPOSITORY, FILE)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Hub:
    """What the hub has and says, and what it was asked. Files themselves are in a storage at another address."""

    content: bytes = CONTENT
    commit: str = "a" * 40
    refuses: tuple[int, str] | None = None
    """A status, and the hub's own word for it."""
    lacks: tuple[str, ...] = ()
    """Headers that it does not send."""
    renamed_to: str | None = None
    stored: bytes | None = None
    """What the storage gives, if not the content."""
    stores_itself: bool = False
    """Small files are given by the hub itself, which then tells no SHA-256."""
    breaks_after: list[int] = field(default_factory=list)
    """Bytes after which the storage's next answers break off."""
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    """Of what the storage was asked."""


class Handler(BaseHTTPRequestHandler):
    hub: Hub
    storage: str

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        if self.path == "/stored":
            self._give(self.hub.content if self.hub.stored is None else self.hub.stored)
        else:
            self._answer()

    def _answer(self) -> None:
        hub = self.hub
        hub.asked.append((self.command, self.path))
        if hub.refuses is not None:
            self.send_response(hub.refuses[0])
            self.send_header("X-Error-Code", hub.refuses[1])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif hub.renamed_to is not None and hub.renamed_to not in self.path:
            self._send(307, {"Location": self.path.replace(REPOSITORY, hub.renamed_to)})
        elif hub.stores_itself:
            if self.command == "GET":
                self._give(hub.content)
            else:
                self._send(200, {"ETag": f'"{"b" * 40}"', "Content-Length": str(len(hub.content))})
        else:
            told = {"X-Linked-Etag": f'"{sha256(hub.content)}"', "X-Linked-Size": str(len(hub.content))}
            self._send(302, {**told, "Location": f"{self.storage}/stored"})

    def _send(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"X-Repo-Commit": self.hub.commit, **headers}.items():
            if name not in self.hub.lacks:
                self.send_header(name, value)
        self.end_headers()

    def _give(self, content: bytes) -> None:
        asked = self.headers.get("Range")
        self.hub.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : start + self.hub.breaks_after.pop(0) if self.hub.breaks_after else None])

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def hub() -> Iterator[Hub]:
    served = Hub()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), type("Its", (Handler,), {"hub": served})) for _ in range(2)]
    addresses = [f"http://127.0.0.1:{server.server_port}" for server in servers]
    served.address = addresses[0]
    for server in servers:
        server.RequestHandlerClass.storage = addresses[1]  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


def ignore(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def bring(hub: Hub, models: Path, **trusted: str) -> Path:
    pin = hubs.pinned(REFERENCE, hub=hub.address, **trusted)
    return download(pin, models, ignore, hub=hub.address)


def test_a_file_is_fetched_at_the_commit_and_with_the_digest_that_the_hub_tells(hub: Hub, tmp_path: Path) -> None:
    pin = hubs.pinned(REFERENCE, hub=hub.address)
    assert pin == Pin(REPOSITORY, "a" * 40, FILE, sha256(CONTENT), len(CONTENT))
    assert hub.asked == [("HEAD", f"/{REPOSITORY}/resolve/main/{FILE}")]
    told: list[tuple[int, int]] = []
    file = download(pin, tmp_path, lambda *progress: told.append(progress), hub=hub.address)
    assert hub.asked[1:] == [("GET", f"/{REPOSITORY}/resolve/{'a' * 40}/{FILE}")]
    assert file.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert model_files.names(tmp_path) == (FILE,)
    assert model_files.pin_of(FILE, tmp_path) == pin
    assert model_files.usable("embedded", FILE, tmp_path) == file


def test_a_download_that_was_given_up_goes_on_and_is_offered_only_then(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [300_000, 200_000, 100_000]
    with pytest.raises(DownloadFailed, match="What was received is kept"):
        bring(hub, tmp_path)
    assert model_files.names(tmp_path) == ()
    with pytest.raises(ModelNotFound):
        model_files.usable("embedded", FILE, tmp_path)
    # The repository has another commit by now, with the same file.
    hub.commit = "b" * 40
    bring(hub, tmp_path)
    assert hub.ranges == [None, "bytes=300000-", "bytes=500000-", "bytes=600000-"]
    assert model_files.names(tmp_path) == (FILE,)


def test_what_is_stored_is_held_against_what_the_hub_tells(hub: Hub, tmp_path: Path) -> None:
    hub.stored = OTHER
    with pytest.raises(DownloadFailed, match=f"{sha256(OTHER)}, not {sha256(CONTENT)}"):
        bring(hub, tmp_path)
    assert not [file for file in tmp_path.iterdir() if file.stat().st_size]
    hub.stored = None
    assert bring(hub, tmp_path).read_bytes() == CONTENT


def test_a_name_stays_with_its_file_until_that_is_removed(hub: Hub, tmp_path: Path) -> None:
    file = bring(hub, tmp_path)
    hub.content = OTHER
    hub.ranges.clear()
    with pytest.raises(DownloadFailed, match="is pinned to a file of"):
        bring(hub, tmp_path)
    assert hub.ranges == []
    assert file.read_bytes() == CONTENT
    # Also when the file itself is gone, and only what it was is known.
    file.unlink()
    with pytest.raises(DownloadFailed, match="is pinned to a file of owner/Some-GGUF"):
        bring(hub, tmp_path)
    assert model_files.remove(FILE, tmp_path)
    assert not model_files.remove(FILE, tmp_path)
    assert bring(hub, tmp_path).read_bytes() == OTHER


def test_the_same_file_of_a_later_commit_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    bring(hub, tmp_path)
    hub.commit = "b" * 40
    hub.ranges.clear()
    bring(hub, tmp_path)
    assert hub.ranges == []


def test_a_digest_that_a_person_trusts_has_to_be_that_of_the_hub(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="not the file that you trust"):
        bring(hub, tmp_path, sha256=sha256(OTHER))
    assert [method for method, _ in hub.asked] == ["HEAD"]
    assert bring(hub, tmp_path, sha256=sha256(CONTENT)).exists()


def test_without_a_digest_of_the_hub_that_of_the_person_is_needed(hub: Hub, tmp_path: Path) -> None:
    hub.stores_itself = True
    with pytest.raises(DownloadFailed, match="--sha256 DIGEST"):
        bring(hub, tmp_path)
    with pytest.raises(DownloadFailed, match="is not the file that was to come"):
        bring(hub, tmp_path, sha256=sha256(OTHER))
    assert bring(hub, tmp_path, sha256=sha256(CONTENT)).read_bytes() == CONTENT


@pytest.mark.parametrize("lacks", ["X-Repo-Commit", "X-Linked-Size", "X-Linked-Etag"])
def test_a_hub_that_says_too_little_is_not_believed(hub: Hub, tmp_path: Path, lacks: str) -> None:
    hub.lacks = (lacks,)
    with pytest.raises(DownloadFailed):
        bring(hub, tmp_path)
    assert hub.ranges == []


def test_a_repository_that_was_renamed_is_found(hub: Hub, tmp_path: Path) -> None:
    hub.renamed_to = "owner/Renamed-GGUF"
    assert bring(hub, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (401, "GatedRepo", "agreed to its terms"),
        (403, "GatedRepo", "by its whole path"),
        (401, "RepoNotFound", "has no owner/Some-GGUF, or only for some people"),
        (404, "EntryNotFound", f"has no file {FILE} at main"),
        (404, "", "https://huggingface.co/owner/Some-GGUF"),
        (429, "", "status 429"),
        (503, "", "Try again later"),
    ],
)
def test_a_refusal_is_told_in_words(hub: Hub, tmp_path: Path, status: int, code: str, told: str) -> None:
    hub.refuses = (status, code)
    with pytest.raises(DownloadFailed, match=told):
        bring(hub, tmp_path)


def test_offline_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="online"):
        hubs.pinned(REFERENCE, hub="http://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_offered_needs_no_word_of_the_hub(hub: Hub, tmp_path: Path) -> None:
    download(Pin(REPOSITORY, "c" * 40, FILE, sha256(CONTENT), len(CONTENT)), tmp_path, ignore, hub=hub.address)
    assert [method for method, _ in hub.asked] == ["GET"]


def test_without_room_nothing_is_fetched(hub: Hub, tmp_path: Path) -> None:
    pin = replace(hubs.pinned(REFERENCE, hub=hub.address), size=10**15)
    with pytest.raises(StorageFull):
        download(pin, tmp_path, ignore, hub=hub.address)
    assert hub.ranges == []


def test_two_downloads_do_not_write_into_one_file(hub: Hub, tmp_path: Path) -> None:
    with alone(tmp_path / ".downloading"), pytest.raises(DownloadFailed, match="Another download is running"):
        bring(hub, tmp_path)
    assert bring(hub, tmp_path).exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("o/R-GGUF/x.gguf", Reference("o/R-GGUF", "x.gguf")),
        ("o/R/deep/er/x-Q4_K_M.gguf", Reference("o/R", "deep/er/x-Q4_K_M.gguf")),
        ("https://huggingface.co/o/R/blob/main/x.gguf", Reference("o/R", "x.gguf")),
        ("https://huggingface.co/o/R/resolve/abc/d/x.gguf?download=true", Reference("o/R", "d/x.gguf", "abc")),
    ],
)
def test_a_file_is_named_by_its_path_or_its_page(text: str, expected: Reference) -> None:
    assert Reference.of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x.gguf", "o/x.gguf", "o/R/x.bin", "o/../R/x.gguf", "o/R/../../x.gguf", "o/R/.x.gguf", "o/R/a b.gguf",
        "http://huggingface.co/o/R/resolve/main/x.gguf", "https://elsewhere.invalid/o/R/resolve/main/x.gguf",
        "https://huggingface.co.evil.invalid/o/R/x.gguf", "o/R/x.gguf\n", "o/R/x%2f.gguf", "o/R/C:x.gguf", "",
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_a_file_of_the_hub(text: str) -> None:
    assert Reference.of(text) is None


def test_a_model_in_several_files_is_refused() -> None:
    with pytest.raises(DownloadFailed, match="several files"):
        hubs.pinned(Reference("o/R", "x-00001-of-00003.gguf"), hub="http://127.0.0.1:1")


def test_a_file_without_its_pin_or_cut_short_has_no_name_here(hub: Hub, tmp_path: Path) -> None:
    file = bring(hub, tmp_path)
    (tmp_path / "mine.gguf").write_bytes(CONTENT)
    assert model_files.names(tmp_path) == (FILE,)
    file.write_bytes(CONTENT[:-1])
    assert model_files.names(tmp_path) == ()
    bring(hub, tmp_path)
    (tmp_path / f"{FILE}.json").write_text("[]")
    assert model_files.names(tmp_path) == ()


@pytest.mark.parametrize("name", ["../outside.gguf", "sub/x.gguf", ".hidden.gguf", "x.gguf\0", ""])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    models = tmp_path / "models"
    (models / "sub").mkdir(parents=True)
    (tmp_path / "outside.gguf").write_bytes(CONTENT)
    assert model_files.pin_of(name, models) is None
    assert not model_files.remove(name, models)
    with pytest.raises(ModelNotFound):
        model_files.usable("embedded", name, models)
    assert (tmp_path / "outside.gguf").exists()


def test_a_file_that_is_offered_and_not_here_says_how_to_get_it(tmp_path: Path) -> None:
    name = KNOWN[0].pin.name
    with pytest.raises(ModelNotFound, match="It is not downloaded yet") as told:
        model_files.usable("embedded", name, tmp_path)
    assert f"librarian models download {name}" in told.value.with_hint


def test_what_is_offered_is_pinned_whole() -> None:
    for known in KNOWN:
        assert hubs.SHA256.fullmatch(known.pin.sha256)
        assert len(known.pin.revision) == 40
        assert known.pin.size > 500_000_000
        assert Reference.of(f"{known.pin.repository}/{known.pin.file}") is not None
