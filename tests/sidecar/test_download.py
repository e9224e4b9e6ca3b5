"""Downloads from a server of our own: resumed, bounded, verified, and named only when they are whole."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import disks
import pytest

from librarian.embedding.download import download
from librarian.embedding.known import KnownModel, ModelFile
from librarian.errors import DownloadFailed, StorageFull

CONTENT = {
    "config.json": b"{}",
    "1_Pooling/config.json": b'{"pooling_mode_mean_tokens": true}',
    "model.safetensors": bytes(range(256)) * 8000,
}
MODEL = KnownModel(
    name="small-model",
    kind="transformer",
    dimensions=8,
    languages="none",
    licence="MIT",
    repository="owner/small",
    revision="0" * 40,
    files=tuple(ModelFile(path, len(text), hashlib.sha256(text).hexdigest()) for path, text in CONTENT.items()),
)


@dataclass
class Hub:
    """A server, what it was asked, and how it should misbehave."""

    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    content: dict[str, bytes] = field(default_factory=lambda: dict(CONTENT))
    breaks_after: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off."""
    ignores_ranges: bool = False
    redirects_to: str | None = None
    status: int = 200


@pytest.fixture
def hub() -> Iterator[Hub]:
    served = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            served.asked.append((self.path, asked))
            path = self.path.partition(f"/resolve/{MODEL.revision}/")[2]
            if served.redirects_to is not None and "/elsewhere" not in self.path:
                self.send_response(302)
                self.send_header("Location", f"{served.redirects_to}/elsewhere{self.path}")
                self.end_headers()
                return
            if served.status != 200:
                self.send_error(served.status)
                return
            content = served.content[path]
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not served.ignores_ranges else 0
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = start + served.breaks_after.pop(0) if served.breaks_after and len(content) > 1000 else len(content)
            self.wfile.write(content[start:end])

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served.address = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()


def ignore(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def whole(folder: Path) -> bool:
    return {path: (folder / path).read_bytes() for path in CONTENT} == CONTENT


def test_a_model_is_there_whole_with_progress_and_not_asked_for_twice(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = download(MODEL, tmp_path, lambda done, total: told.append((done, total)), hub=hub.address)
    assert folder == tmp_path / "small-model"
    assert whole(folder)
    assert hub.asked[0][0] == f"/owner/small/resolve/{'0' * 40}/config.json"
    assert told[-1] == (MODEL.size, MODEL.size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {path.name for path in tmp_path.iterdir()} == {"small-model"}
    assert len(list(folder.rglob("*"))) == 4
    hub.asked.clear()
    assert download(MODEL, tmp_path, ignore, hub=hub.address) == folder
    assert hub.asked == []


def test_a_download_that_breaks_off_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [500_000, 700_000]
    assert whole(download(MODEL, tmp_path, ignore, hub=hub.address))
    assert [asked for path, asked in hub.asked if "safetensors" in path] == [None, "bytes=500000-", "bytes=1200000-"]


def test_a_download_that_was_given_up_goes_on_in_another_process(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [100_000, 100_000, 100_000]
    with pytest.raises(DownloadFailed, match="online"):
        download(MODEL, tmp_path, ignore, hub=hub.address)
    assert not (tmp_path / "small-model").exists()
    hub.asked.clear()
    assert whole(download(MODEL, tmp_path, ignore, hub=hub.address))
    assert [asked for _, asked in hub.asked] == ["bytes=300000-"]


def test_a_server_that_knows_no_ranges_is_asked_from_the_beginning(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [500_000]
    hub.ignores_ranges = True
    assert whole(download(MODEL, tmp_path, ignore, hub=hub.address))


@pytest.mark.parametrize("path", list(CONTENT))
def test_a_file_that_is_another_is_thrown_away_and_no_model_appears(hub: Hub, tmp_path: Path, path: str) -> None:
    hub.content[path] = bytes(len(CONTENT[path]))
    with pytest.raises(DownloadFailed, match="SHA-256"):
        download(MODEL, tmp_path, ignore, hub=hub.address)
    assert not (tmp_path / "small-model").exists()
    hub.content[path] = CONTENT[path]
    assert whole(download(MODEL, tmp_path, ignore, hub=hub.address))


def test_a_server_that_never_ends_fills_no_disk(hub: Hub, tmp_path: Path) -> None:
    hub.content["model.safetensors"] = bytes(50_000_000)
    with pytest.raises(DownloadFailed):
        download(MODEL, tmp_path, ignore, hub=hub.address)
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= MODEL.size


def test_a_part_that_was_damaged_is_found_out(hub: Hub, tmp_path: Path) -> None:
    part = tmp_path / ".small-model-00000000.part" / "model.safetensors.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 5_000_000)
    with pytest.raises(DownloadFailed, match="SHA-256"):
        download(MODEL, tmp_path, ignore, hub=hub.address)
    assert whole(download(MODEL, tmp_path, ignore, hub=hub.address))


def test_a_redirection_is_followed_but_never_to_another_scheme(hub: Hub, tmp_path: Path) -> None:
    hub.redirects_to = hub.address
    assert whole(download(MODEL, tmp_path / "a", ignore, hub=hub.address))
    for elsewhere in ("https://127.0.0.1:1", "ftp://127.0.0.1", "file:///etc"):
        hub.redirects_to = elsewhere
        with pytest.raises(DownloadFailed):
            download(MODEL, tmp_path / "b", ignore, hub=hub.address)
    assert not (tmp_path / "b" / "small-model").exists()


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_server_that_refuses_is_told_once(hub: Hub, tmp_path: Path, status: int) -> None:
    hub.status = status
    with pytest.raises(DownloadFailed, match=str(status)):
        download(MODEL, tmp_path, ignore, hub=hub.address)
    assert len(hub.asked) == 1


def test_offline_is_told_as_that(hub: Hub, tmp_path: Path) -> None:
    del hub
    with pytest.raises(DownloadFailed, match="online"):
        download(MODEL, tmp_path, ignore, hub="http://127.0.0.1:1")


def test_without_room_nothing_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    giant = replace(MODEL, files=(replace(MODEL.files[0], size=10**15),))
    with pytest.raises(StorageFull):
        download(giant, tmp_path, ignore, hub=hub.address)
    assert hub.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("librarian.downloading.SPARE_BYTES", -10_000_000)
    with disks.small(tmp_path / "disk", megabytes=1) as disk, pytest.raises(StorageFull):
        download(MODEL, disk, ignore, hub=hub.address)


def test_a_place_that_cannot_be_written_to_is_told(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadFailed, match="written"):
        download(MODEL, tmp_path / "file", ignore, hub=hub.address)
