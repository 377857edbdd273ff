"""A folder of backups: every file once, under its sha256, and one manifest per backup.

    objects/ab/abcdef…                    the bytes
    backups/20261123T020000Z-<hash>.json  path → hash, size, mode; named by the hash of itself

An object gets its name after it was flushed and read back; a manifest is written last, in one
rename, when every object it names is there. Whatever kills a backup leaves objects that the next
one uses, and no manifest. The folder may be a mounted share: neither links nor modes are needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import get_ident
from typing import Any

from nightly.durable_notes import sync_folder
from nightly.retention import KeepRule, kept_by_date

NAME_PATTERN = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{12})\.json")
OBJECT_PATTERN = re.compile(r"[0-9a-f]{64}")
PIECE = 1024**2
LEFTOVER = ".tmp"
STRANGER_SECONDS = 24 * 3600
"""How old an object without a manifest must be before it is removed: another backup may want it."""


class DamagedError(Exception):
    """Bytes are not what their hash says."""


class MediumError(DamagedError):
    """What was written is not what is read back."""


@dataclass(frozen=True)
class BackupFile:
    """One file of a backup.

    Attributes:
        sha256: hash of its bytes.
        size_bytes: length.
        mode: permission bits.
    """

    sha256: str
    size_bytes: int
    mode: int = 0o440


@dataclass(frozen=True)
class Backup:
    """What a manifest says.

    Attributes:
        made_at: ISO time in UTC.
        jurisdiction: whose installation it is.
        live_release: the live release's id, if there was one.
        files: by path within the home.
        links: symlinks, target by path.
        damaged: paths that could not be backed up because the source is damaged.
        new_bytes: bytes copied by this backup.
        name: file name of the manifest; '' before it is written.
    """

    made_at: str
    jurisdiction: str
    live_release: str | None
    files: dict[str, BackupFile]
    links: dict[str, str]
    damaged: list[str] = field(default_factory=list)
    new_bytes: int = 0
    name: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of all files, as they are at home."""
        return sum(facts.size_bytes for facts in self.files.values())


@dataclass(frozen=True)
class Store:
    """The folder.

    Attributes:
        root: where it is.
    """

    root: Path

    @property
    def objects(self) -> Path:
        """Bytes by hash."""
        return self.root / "objects"

    @property
    def manifests(self) -> Path:
        """One file per backup."""
        return self.root / "backups"

    def path_of(self, sha256: str) -> Path:
        """Where the bytes of a hash are."""
        return self.objects / sha256[:2] / sha256

    def known(self) -> dict[str, int]:
        """Sizes of the objects there are, by hash."""
        found = {}
        for folder in _folders(self.objects):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if OBJECT_PATTERN.fullmatch(entry.name):
                        found[entry.name] = entry.stat().st_size
        return found

    def put(self, source: Path, expected: str | None = None) -> BackupFile:
        """Copy a file in, and read back what was written.

        Args:
            source: the file.
            expected: its hash, where it is known.

        Returns:
            What the manifest says of it.

        Raises:
            DamagedError: the source is not what its hash says, or what was written is not what
                was read.
            OSError: the source cannot be read or the store cannot be written.
        """
        with source.open("rb") as handle:
            facts = os.fstat(handle.fileno())
            aside = self.objects / f".{os.getpid()}-{get_ident()}{LEFTOVER}"
            try:
                sha256, size = write_through(handle, aside)
                if expected is not None and sha256 != expected:
                    raise DamagedError(f"{source} 与其校验值不符")
                if read_back(aside) != sha256:
                    raise MediumError(f"写入 {self.root} 的内容读回来不一致")
                target = self.path_of(sha256)
                target.parent.mkdir(exist_ok=True)
                os.replace(aside, target)
            finally:
                aside.unlink(missing_ok=True)
        return BackupFile(sha256, size, facts.st_mode & 0o777)

    def write(self, backup: Backup) -> str:
        """Write a manifest; its objects must be there.

        Args:
            backup: what it says.

        Returns:
            Its file name.
        """
        facts = {key: value for key, value in asdict(backup).items() if key != "name"}
        content = json.dumps(facts, ensure_ascii=False, indent=1).encode()
        stamp = re.sub(r"[-:]|\+.*", "", backup.made_at) + "Z"
        name = f"{stamp}-{hashlib.sha256(content).hexdigest()[:12]}.json"
        # what stood there when the last manifest was written was flushed then
        last = max((_changed(self.manifests / one) for one in self.names()), default=0.0)
        for folder in (*_folders(self.objects), self.objects):
            if _changed(folder) > last - 60:
                sync_folder(folder)
        aside = self.manifests / f".{name}{LEFTOVER}"
        with aside.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(aside, self.manifests / name)
        sync_folder(self.manifests)
        return name

    def names(self) -> list[str]:
        """File names of the manifests, oldest first."""
        if not self.manifests.is_dir():
            return []
        found = [path.name for path in self.manifests.iterdir()]
        return sorted(name for name in found if NAME_PATTERN.fullmatch(name))

    def read(self, name: str) -> Backup:
        """Read a manifest.

        Args:
            name: its file name.

        Returns:
            What it says.

        Raises:
            DamagedError: it is not what its name says, or names a place outside a home.
        """
        match = NAME_PATTERN.fullmatch(name)
        try:
            content = (self.manifests / name).read_bytes()
            if match is None or not hashlib.sha256(content).hexdigest().startswith(match[2]):
                raise DamagedError(f"备份清单 {name} 已损坏")
            facts: dict[str, Any] = json.loads(content)
            files = {path: BackupFile(**one) for path, one in facts.pop("files").items()}
            backup = Backup(**facts, files=files, name=name)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DamagedError(f"备份清单 {name} 读不出：{error}") from error
        for path in (*backup.files, *backup.links, *backup.links.values()):
            if Path(path).is_absolute() or ".." in Path(path).parts:
                raise DamagedError(f"备份清单 {name} 中有不该有的路径：{path}")
        return backup

    def sound_backups(self) -> tuple[list[Backup], list[str]]:
        """Read every manifest.

        Returns:
            Backups, oldest first, and the names of manifests that are damaged.
        """
        found, damaged = [], []
        for name in self.names():
            try:
                found.append(self.read(name))
            except DamagedError:
                damaged.append(name)
        return found, damaged

    def prune(self, rule: KeepRule) -> tuple[int, int]:
        """Remove old manifests, then objects that no manifest names.

        Args:
            rule: which manifests stay.

        Returns:
            How many manifests were removed and how many bytes were freed.
        """
        names = self.names()
        old = set(names) - kept_by_date(names, rule)
        for name in sorted(old):
            (self.manifests / name).unlink(missing_ok=True)
        if old:
            sync_folder(self.manifests)
        kept, damaged = self.sound_backups()
        if damaged:
            return len(old), 0  # what a damaged manifest names cannot be told
        named = {facts.sha256 for backup in kept for facts in backup.files.values()}
        freed = 0
        for sha256, size in self.known().items():
            path = self.path_of(sha256)
            if sha256 not in named and _age(path) > STRANGER_SECONDS:
                path.unlink(missing_ok=True)
                freed += size
        self._clear_leftovers()
        return len(old), freed

    def _clear_leftovers(self) -> None:
        for folder in (self.objects, self.manifests):
            for path in folder.glob(f".*{LEFTOVER}"):
                if _age(path) > STRANGER_SECONDS:
                    path.unlink(missing_ok=True)

    def damaged_objects(self, hashes: Iterable[str]) -> list[str]:
        """Objects that are missing or not what their name says; damaged ones are put aside.

        Args:
            hashes: which ones.

        Returns:
            Their hashes.
        """
        found = []
        for sha256 in sorted(set(hashes)):
            path = self.path_of(sha256)
            try:
                if read_back(path) == sha256:
                    continue
                # put aside, so that the next backup copies it again
                os.replace(path, path.with_name(f"{sha256}.damaged"))
            except OSError:
                pass
            found.append(sha256)
        return found


def write_through(handle: Any, target: Path) -> tuple[str, int]:
    """Write what a handle gives and flush it to the disk.

    Args:
        handle: open for reading.
        target: the file to write.

    Returns:
        Hash and length of what was read.
    """
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as out:
        while piece := handle.read(PIECE):
            digest.update(piece)
            out.write(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def read_back(path: Path) -> str:
    """Hash a file as the disk has it, not as memory remembers it.

    Args:
        path: the file.

    Returns:
        Its sha256.
    """
    with path.open("rb") as handle:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _folders(root: Path) -> list[Path]:
    return [path for path in sorted(root.glob("??")) if path.is_dir()] if root.is_dir() else []


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
