"""Settings and secrets kept in `<home>/.env`, which only its owner may read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nightly.settings import Home

PREFIX = "JIXIAO_"
ALERT_URLS = "JIXIAO_ALERT_URLS"
SECRETS = (ALERT_URLS,)
"""Never put into the environment: it is inherited by every process, and logs may show it."""
_LINE = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*")


def environment_path(home: Home) -> Path:
    """Where the file is."""
    return home.root / ".env"


def read_environment_file(home: Home) -> dict[str, str]:
    """Read the file.

    Args:
        home: the installation.

    Returns:
        Values by name; none if there is no file or it cannot be read.
    """
    try:
        text = environment_path(home).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match and not line.lstrip().startswith("#"):
            value = match[2]
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            found[match[1]] = value
    return found


def use_environment_file(home: Home) -> None:
    """Take settings from the file where the environment does not give them.

    Args:
        home: the installation.
    """
    for name, value in read_environment_file(home).items():
        if name.startswith(PREFIX) and name not in SECRETS:
            os.environ.setdefault(name, value)


def is_private(home: Home) -> bool:
    """Whether nobody but the owner may read the file; True where there is none."""
    try:
        return not environment_path(home).stat().st_mode & 0o077
    except OSError:
        return True
