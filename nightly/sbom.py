"""What the installation is made of: every locked package, its hashes and its licence.

`make sbom` writes `sbom.cdx.json` (CycloneDX) and `docs/依赖与许可.md`; both are committed, and a
test says when they no longer fit the lock file. Licences come from the installed packages; what
those do not say stands in `LICENCES_STATED_ELSEWHERE`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
DIRECT = ROOT / "requirements.in"
SBOM = ROOT / "sbom.cdx.json"
LIST = ROOT / "docs" / "依赖与许可.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
CLASSIFIER = re.compile(r"^License :: (?:OSI Approved :: )?(.+)$")
UNKNOWN = "未知"
FORBIDDEN = re.compile(r"\b(AGPL|Affero|SSPL|BUSL|Commons Clause)\b", re.IGNORECASE)
"""Licences that bind whoever runs a service, or forbid running one."""
STRONG = re.compile(r"(?<!L)(?<!Lesser )\bGPL|(?<!Lesser )General Public License", re.IGNORECASE)
WEAK = re.compile(r"\bLGPL|Lesser General Public|\bMPL|Mozilla Public", re.IGNORECASE)
LONG_TEXT = 60
"""A longer licence field holds the licence itself, not its name."""
SPDX = {
    "MIT License": "MIT", "MIT": "MIT", "The MIT License": "MIT", "Expat": "MIT",
    "BSD License": "BSD-3-Clause", "BSD": "BSD-3-Clause", "New BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause", "BSD-3-Clause": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause", "BSD-2-Clause": "BSD-2-Clause",
    "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0", "Apache License Version 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "MPL-2.0": "MPL-2.0", "MPL 2.0": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0", "PSF-2.0": "PSF-2.0",
    "ISC License (ISCL)": "ISC", "ISC": "ISC", "The Unlicense (Unlicense)": "Unlicense",
}
LICENCES_STATED_ELSEWHERE = {
    # its README lets the user choose; its classifiers only list the three
    "text-unidecode": "Artistic-1.0-Perl OR GPL-1.0-or-later OR GPL-2.0-or-later",
    # installed on Windows only; as its source repository states
    "tzdata": "Apache-2.0",
}


@dataclass(frozen=True)
class Locked:
    """A package of the lock file.

    Attributes:
        name: as locked.
        version: as locked.
        marker: on which machines, '' for all.
        hashes: sha256 of its files, any of which may be installed.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package's address in an SBOM."""
        return f"pkg:pypi/{normal(self.name)}@{self.version}"


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> list[Locked]:
    """Read a lock file.

    Args:
        text: of it.

    Returns:
        Packages in its order.
    """
    found: list[Locked] = []
    for line in text.splitlines():
        if pinned := PINNED.match(line):
            found.append(Locked(pinned[1], pinned[2], (pinned[3] or "").strip(), ()))
        elif hashed := HASH.search(line):
            last = found[-1]
            found[-1] = Locked(
                last.name, last.version, last.marker, (*last.hashes, hashed[1])
            )
    return found


def licence_in(facts: PackageMetadata) -> str:
    """The licence that a package states.

    Args:
        facts: its metadata.

    Returns:
        An SPDX name or expression where one is stated or known, else the words stated.
    """
    if stated := facts.get("License-Expression"):
        return stated
    named = [
        found[1] for line in facts.get_all("Classifier") or []
        if (found := CLASSIFIER.match(line)) and found[1] != "OSI Approved"
    ]
    if named:
        return " AND ".join(dict.fromkeys(SPDX.get(name, name) for name in named))
    written = (facts.get("License") or "").strip()
    first = written.splitlines()[0].strip() if written else ""
    return SPDX.get(first, first) if 0 < len(first) <= LONG_TEXT else UNKNOWN


def licence_of(package: Locked) -> str:
    """The licence of a package.

    Args:
        package: of the lock file.

    Returns:
        Its licence, `UNKNOWN` if nobody says.
    """
    key = normal(package.name)
    if key in LICENCES_STATED_ELSEWHERE:
        return LICENCES_STATED_ELSEWHERE[key]
    try:
        return licence_in(metadata(package.name))
    except PackageNotFoundError:
        return UNKNOWN


def concern(licence: str) -> str:
    """What a licence asks for beyond a notice, in Chinese.

    Args:
        licence: its name.

    Returns:
        '' where there is nothing.
    """
    if licence == UNKNOWN:
        return "许可不明"
    if FORBIDDEN.search(licence):
        return "禁止使用"
    # of several to choose from, the mildest is chosen
    choices = re.split(r"\bOR\b", licence)
    if all(STRONG.search(choice) for choice in choices):
        return "强著作权许可（GPL），不得随本项目分发"
    return "弱著作权许可，修改其本身的代码时须公开" if WEAK.search(licence) else ""


def make_sbom(packages: Iterable[Locked], licences: Mapping[str, str]) -> dict[str, Any]:
    """Describe the packages as CycloneDX.

    Args:
        packages: of the lock file.
        licences: by name.

    Returns:
        The document; the same lock gives the same document.
    """
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "jixiao"}},
        "components": [
            {
                "type": "library",
                "bom-ref": package.purl,
                "name": normal(package.name),
                "version": package.version,
                "purl": package.purl,
                "licenses": [_licence_entry(licences[package.name])],
                "properties": [
                    {"name": "jixiao:marker", "value": package.marker},
                    *(
                        {"name": "jixiao:sha256-allowed", "value": digest}
                        for digest in package.hashes
                    ),
                ],
            }
            for package in packages
        ],
    }


def _licence_entry(licence: str) -> dict[str, Any]:
    if licence in SPDX.values():
        return {"license": {"id": licence}}
    if re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)+", licence):
        return {"expression": licence}
    return {"license": {"name": licence}}


def make_list(
    packages: Iterable[Locked], licences: Mapping[str, str], direct: Iterable[str]
) -> str:
    """Write the list for people.

    Args:
        packages: of the lock file.
        licences: by name.
        direct: names of what the project itself asks for.

    Returns:
        Markdown.
    """
    packages, asked = list(packages), {normal(name) for name in direct}
    lines = [
        "# 依赖与许可",
        "",
        f"锁定的 {len(packages)} 个软件包。由 `make sbom` 从 `requirements.lock` 和已装的包生成；",
        "机器可读的是 `sbom.cdx.json`（CycloneDX 1.5，带允许的 sha256）。安装时逐个核对 sha256。",
        "",
        "| 软件包 | 版本 | 许可 | 直接依赖 | 只用于 | 注意 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {normal(package.name)} | {package.version} | {licences[package.name]} |"
        f" {'是' if normal(package.name) in asked else ''} |"
        f" {f'`{package.marker}`' if package.marker else ''} |"
        f" {concern(licences[package.name])} |"
        for package in packages
    ]
    return "\n".join(lines) + "\n"


def direct_names(text: str) -> list[str]:
    """Names that a list of direct dependencies asks for.

    Args:
        text: of `requirements.in`.

    Returns:
        Names in order.
    """
    return [
        re.split(r"[=<>\[; ]", line.strip(), maxsplit=1)[0]
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]


def render() -> dict[Path, str]:
    """Make both files.

    Returns:
        Text by path.
    """
    packages = read_lock(LOCK.read_text(encoding="utf-8"))
    licences = {package.name: licence_of(package) for package in packages}
    sbom = json.dumps(make_sbom(packages, licences), ensure_ascii=False, indent=1) + "\n"
    direct = direct_names(DIRECT.read_text(encoding="utf-8"))
    return {SBOM: sbom, LIST: make_list(packages, licences, direct)}


def main() -> None:
    """Write both files."""
    for path, text in render().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
