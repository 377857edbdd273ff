"""Whether a release on disk is byte for byte what was released."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SEAL_KEY = "manifest_sha256"
HASHING_THREADS = 4


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes.

    Args:
        path: the file.

    Returns:
        Hex digest.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sealed(manifest: dict[str, Any]) -> str:
    """The manifest as text, with the hash of itself in it.

    Args:
        manifest: everything else.

    Returns:
        JSON.
    """
    plain = json.loads(json.dumps(manifest, default=str))
    plain[SEAL_KEY] = _hash_of(plain)
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _hash_of(manifest: dict[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != SEAL_KEY}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def damaged_files(folder: Path, is_deep: bool = True) -> list[str]:
    """Files of a release that are not what its manifest says.

    Args:
        folder: the release.
        is_deep: compare hashes; else only sizes.

    Returns:
        Paths within the release, sorted, the manifest first; none if it is sound.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return [MANIFEST]
    found = []
    # releases made before there was a seal have none to compare with
    if SEAL_KEY in manifest and manifest[SEAL_KEY] != _hash_of(manifest):
        found.append(MANIFEST)
    with ThreadPoolExecutor(HASHING_THREADS) as threads:
        are_as_noted = threads.map(
            lambda item: _is_as_noted(folder / item[0], item[1], is_deep), sorted(files.items())
        )
        return found + [
            name for name, is_good in zip(sorted(files), are_as_noted, strict=True) if not is_good
        ]


def _is_as_noted(path: Path, facts: dict[str, Any], is_deep: bool) -> bool:
    try:
        if path.stat().st_size != facts["size_bytes"]:
            return False
        return not is_deep or hash_file(path) == facts["sha256"]
    except (OSError, KeyError, TypeError):
        return False
