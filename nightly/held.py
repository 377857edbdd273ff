"""The held candidate: whole, audited, not live, until it is accepted or another takes its place.

A candidate that moves more than the limits allow is kept as `releases/held/<release id>`, with its
lists and notes, so that what is accepted is what was looked at, whatever has come in since.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from nightly.errors import EXIT_FAILURE, EXIT_KEPT_YESTERDAY, EXIT_NO_RELEASE, StopError
from nightly.release import (
    ID_PATTERN,
    Release,
    comparison_base,
    current_release,
    file_facts,
    is_rolled_back,
    list_releases,
    publish,
    seal,
    sync_folder,
)
from nightly.release_notes import (
    CHANGES_NAME,
    NOTES_NAME,
    move_lines,
    read_notes,
    write_notes,
)
from nightly.settings import Home
from nightly.soundness import MANIFEST, damaged_files, sealed

SHOWN_MOVES = 12


def held_release(home: Home) -> Release | None:
    """The candidate that waits for a decision.

    Args:
        home: the installation.

    Returns:
        It, or None.
    """
    if not home.held.is_dir():
        return None
    found = [
        Release(path.name, path, False)
        for path in sorted(home.held.iterdir())
        if ID_PATTERN.fullmatch(path.name) and (path / "manifest.json").is_file()
    ]
    return found[-1] if found else None


def keep(home: Home, draft: Path, release_id: str) -> Release:
    """Keep a sealed draft as the held candidate, in the place of an earlier one.

    Args:
        home: the installation.
        draft: a complete, sealed draft.
        release_id: its name.

    Returns:
        The held candidate.
    """
    home.held.mkdir(exist_ok=True)
    before = list(home.held.iterdir())
    if home.held / release_id in before:
        drop(home, home.held / release_id)
    os.rename(draft, home.held / release_id)
    sync_folder(home.held)
    for path in before:
        drop(home, path)
    return Release(release_id, home.held / release_id, False)


def drop(home: Home, path: Path) -> None:
    """Remove a held candidate; one half removed is swept away by the next night.

    Args:
        home: the installation.
        path: its folder.
    """
    if path.is_dir():
        aside = home.releases / f".old-held-{path.name}"
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(path, aside)
        shutil.rmtree(aside, ignore_errors=True)


def drop_all(home: Home) -> None:
    """Remove what was held, since a newer release is live.

    Args:
        home: the installation.
    """
    for path in list(home.held.iterdir()) if home.held.is_dir() else []:
        drop(home, path)


def read_changes(release: Release) -> dict[str, Any]:
    """What a release changes.

    Args:
        release: on disk.

    Returns:
        Its `changes.json`.
    """
    return read_notes(release.path)


def waits_for(home: Home, fingerprint: str) -> Release | None:
    """The held candidate, if tonight would only make it again.

    Args:
        home: the installation.
        fingerprint: of the night to come.

    Returns:
        The candidate of that fingerprint, held against the release that is still live.
    """
    held = held_release(home)
    if held is None or damaged_files(held.path) or held.manifest()["fingerprint"] != fingerprint:
        return None
    base = comparison_base(home)
    is_same = base is not None and read_changes(held)["base"]["release_id"] == base.release_id
    return held if is_same else None


def held_stop(held: Release) -> StopError:
    """Word why a candidate is held.

    Args:
        held: the candidate.

    Returns:
        The reason that ends the night.
    """
    changes = read_changes(held)
    moves = changes["moves"]
    lines = "\n".join(move_lines(moves, SHOWN_MOVES))
    return StopError(
        f"新发布 {held.release_id} 暂缓，沿用上一发布 {changes['base']['release_id']}："
        f"{len(moves)} 项变动超过限度。\n{lines}",
        f"查看 {held.path} 中的 {NOTES_NAME} 和 lists/；确认无误后运行"
        " jixiao release --accept；有误的请报送单位改正重报，再运行 jixiao nightly。",
        EXIT_KEPT_YESTERDAY,
    )


def accept(home: Home, accepted: date, reason: str = "") -> Release:
    """Put the held candidate live and record that it was accepted.

    Args:
        home: the installation; the caller holds the lock.
        accepted: the date of the decision.
        reason: why, as given.

    Returns:
        The new live release.

    Raises:
        StopError: nothing is held, or the release it was compared with is no longer live.
    """
    held, live = held_release(home), current_release(home)
    left = _left_by_a_killed_accept(home, live)
    if left is not None:
        made = publish(home, left.path, left.release_id)
        drop_all(home)
        return made
    if held is None:
        raise StopError(
            "没有暂缓的发布需要确认。", "运行 jixiao status 查看现行发布。", EXIT_NO_RELEASE
        )
    if damaged := damaged_files(held.path):
        raise StopError(
            f"暂缓的发布 {held.release_id} 已损坏：{damaged[0]} 与清单不符，不能上线。",
            "重新运行 jixiao nightly，再做一次。",
            EXIT_FAILURE,
        )
    changes, base = read_changes(held), comparison_base(home)
    if base is None or changes["base"]["release_id"] != base.release_id:
        raise StopError(
            f"{held.release_id} 暂缓之后现行发布已变，当时的比较不再有效。",
            "重新运行 jixiao nightly，与现在的发布比较。",
            EXIT_FAILURE,
        )
    acceptance = {
        "accepted_date": accepted.isoformat(),
        "base_release_id": base.release_id,
        "reason": reason,
        "moves": changes["moves"],
    }
    made = publish(home, _accepted_copy(home, held, changes, acceptance), held.release_id)
    drop_all(home)
    return made


def _accepted_copy(
    home: Home, held: Release, changes: dict[str, Any], acceptance: dict[str, Any]
) -> Path:
    """Make a sealed draft of the candidate with the decision written into it.

    The candidate itself stays as it was, whatever kills this.
    """
    draft = home.releases / f".tmp-{held.release_id}"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(held.path, draft, copy_function=_same_file)
    manifest = held.manifest()
    rewritten = [NOTES_NAME, CHANGES_NAME, *_pages_of_notes(manifest)]
    for name in (*rewritten, MANIFEST):
        (draft / name).unlink()
    accepted_changes = {**changes, "acceptance": acceptance}
    write_notes(draft, accepted_changes)
    _rewrite_pages(Release(held.release_id, draft, False), manifest, accepted_changes)
    manifest["acceptance"] = acceptance
    for name in rewritten:
        manifest["files"][name] = file_facts(draft / name)
    (draft / MANIFEST).write_text(sealed(manifest), encoding="utf-8")
    seal(draft)
    return draft


def _same_file(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without links
        shutil.copy2(source, target)


def drop_stale(home: Home) -> None:
    """Remove a candidate that is live by now, which a killed accept left behind.

    Args:
        home: the installation; the caller holds the lock.
    """
    held, live = held_release(home), current_release(home)
    if held is not None and live is not None and live.release_id == held.release_id:
        drop_all(home)


def _pages_of_notes(manifest: dict[str, Any]) -> list[str]:
    """Pages that tell what changed, where the candidate has any."""
    from dashboards.dashboard import PAGES_OF_NOTES

    paths = [f"dashboard/{name}" for name in PAGES_OF_NOTES]
    return [path for path in paths if path in manifest["files"]]


def _rewrite_pages(held: Release, manifest: dict[str, Any], changes: dict[str, Any]) -> None:
    """Say on the pages, too, that the candidate was accepted."""
    from dashboards.dashboard import rewrite_notes
    from dashboards.edition import Masthead

    if _pages_of_notes(manifest):
        masthead = Masthead(
            held.release_id, date.fromisoformat(manifest["as_of"]),
            (manifest.get("gate") or {}).get("states") or {},
        )
        rewrite_notes(held.database, held.path / "dashboard", masthead, changes)


def _left_by_a_killed_accept(home: Home, live: Release | None) -> Release | None:
    """A release accepted against the live one that never became live itself."""
    found = [
        release
        for release in list_releases(home)
        if live is not None
        and (manifest := release.manifest_if_sound()) is not None
        and (manifest.get("acceptance") or {}).get("base_release_id") == live.release_id
        and not is_rolled_back(home, manifest["fingerprint"])
    ]
    return found[-1] if found else None
