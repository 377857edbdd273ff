"""Pictures of the live release's pages for the README: `make screenshots`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from nightly.release import open_release, require_current
from nightly.settings import CODE_ROOT, find_home
from torture.browser import CHROMIUM, Browser

FOLDER = CODE_ROOT / "docs" / "images"
PICTURES = (
    ("总览", "index.html", 1280, 900),
    ("全覆盖", "coverage.html", 1280, 900),
    ("监控", "monitoring.html", 1280, 900),
    ("抽检与整改", "sampling.html", 1280, 900),
    ("手机总览", "index.html", 390, 844),
)
A_PROJECT = """
select bureau_code, fiscal_year, project_code
from marts.mart_consecutive_warning
order by bureau_code, project_code
limit 1
"""


def main() -> int:
    """Write the pictures of the live release.

    Returns:
        0, or 1 where there is no Chromium.
    """
    if CHROMIUM is None:
        sys.stderr.write("没有找到 Chromium。\n下一步：安装 chromium 和一种中文字体后再运行。\n")
        return 1
    release = require_current(find_home())
    con = open_release(release.database)
    project = con.execute(A_PROJECT).fetchone()
    con.close()
    pictures = list(PICTURES)
    if project:
        bureau, year, code = project
        pictures += [
            ("财政局", f"bureau-{bureau}.html", 1280, 900),
            ("项目", f"project.html?b={bureau}&y={year}#{quote(code)}", 1280, 900),
        ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    profile = Path(tempfile.mkdtemp())
    try:
        with Browser(profile) as browser:
            for name, page, width, height in pictures:
                place = (release.path / "dashboard").resolve().as_uri()
                browser.open(f"{place}/{page}", width, height)
                browser.screenshot(FOLDER / f"{name}.png")
                sys.stdout.write(f"{FOLDER / name}.png\n")
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
