"""What a release is made from, as one hash: same fingerprint, same release.

Inputs are the receipts (hashes of the bytes received), the draws on record, the as-of date, and
the code: everything in the repository that can change a row of a mart.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nightly.settings import CODE_ROOT, Home

CODE_FOLDERS = (
    "ingest", "expectations", "seeds", "macros", "models", "analyses", "tests/dbt", "nightly",
    "dashboards",
)
CODE_FILES = ("dbt_project.yml", "profiles.yml", "packages.yml")
CODE_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".json", ".js", ".css", ".j2"}
INGEST_FOLDERS = ("ingest", "seeds/reference", "seeds/parameters", "seeds/mappings")
GATE_FOLDERS = ("expectations", "seeds/rules")
PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "polars", "fastexcel")


@dataclass(frozen=True)
class Fingerprint:
    """Hashes of what a release depends on.

    Attributes:
        receipts: hash of the receipt files.
        draws: hash of the revealed draws.
        code: hash of code, models, seeds and package versions.
        as_of: the night's date.
        inbox: hash of what was seen in the inbox and could not be received.
    """

    receipts: str
    draws: str
    code: str
    as_of: str
    inbox: str = ""

    @property
    def value(self) -> str:
        """The whole as one sha256."""
        text = "|".join((self.receipts, self.draws, self.code, self.as_of, self.inbox))
        return hashlib.sha256(text.encode()).hexdigest()


def hash_files(paths: list[Path], base: Path) -> str:
    """Hash names and contents of files.

    Args:
        paths: files, in any order.
        base: names are relative to it.

    Returns:
        sha256 over the sorted names and contents.
    """
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(base).as_posix().encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _code_files(folders: tuple[str, ...], root: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.suffix in CODE_SUFFIXES and path.is_file() and "__pycache__" not in path.parts
    ]


def package_versions() -> dict[str, str]:
    """Versions of the packages that read, gate, build and write a release."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def code_hash(root: Path = CODE_ROOT) -> str:
    """Hash of everything in the repository that can change a release.

    Args:
        root: the repository.

    Returns:
        sha256 in hex.
    """
    files = _code_files(CODE_FOLDERS, root) + [
        root / name for name in CODE_FILES if (root / name).is_file()
    ]
    packages = "|".join(f"{name}={number}" for name, number in package_versions().items())
    return hashlib.sha256((hash_files(files, root) + packages).encode()).hexdigest()


def ingest_hash(root: Path = CODE_ROOT) -> str:
    """Hash of what decides how bytes become raw rows; when it changes, raw is read anew.

    Args:
        root: the repository.

    Returns:
        sha256 in hex.
    """
    return hash_files(_code_files(INGEST_FOLDERS, root), root)


def gate_hash(root: Path = CODE_ROOT) -> str:
    """Hash of what decides what becomes of a filing; when it changes, all are judged anew.

    Args:
        root: the repository.

    Returns:
        sha256 in hex.
    """
    return hash_files(_code_files(GATE_FOLDERS, root), root)


def take(home: Home, as_of: date, inbox: str = "") -> Fingerprint:
    """Fingerprint the installation as it stands.

    Args:
        home: the installation.
        as_of: the night's date.
        inbox: hash of what was refused at the door.

    Returns:
        The fingerprint; two equal ones promise the same tables.
    """
    draws = [
        path
        for folder in home.draws.glob("*")
        if (folder / "reveal.json").exists()
        for path in (folder / "frame.csv", folder / "frame.json", folder / "reveal.json")
    ]
    return Fingerprint(
        receipts=hash_files(list(home.receipts.glob("*.jsonl")), home.landing),
        draws=hash_files(draws, home.draws) if draws else "",
        code=code_hash(),
        as_of=as_of.isoformat(),
        inbox=inbox,
    )


def code_commit(root: Path = CODE_ROOT) -> str:
    """Commit of the code, `+changes` where the working tree differs, `unknown` outside git.

    Args:
        root: the repository.

    Returns:
        The commit's hash or `unknown`.
    """
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=root, capture_output=True, text=True, timeout=10, check=True,
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=root, capture_output=True, text=True, timeout=10, check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit + ("+changes" if changed else "")
