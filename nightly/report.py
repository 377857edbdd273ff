"""What goes back to people: findings and return workbooks per bureau, gate pages, a summary."""

from __future__ import annotations

import logging
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from nightly.list_rows import stream
from nightly.release import Release, list_releases, open_release
from nightly.returns import write_returns
from nightly.settings import Home
from nightly.workbook import Column, ListWorkbook

logger = logging.getLogger(__name__)

MAX_BUREAU_ROWS = 20_000
COLUMNS = (
    Column("级别", width=8, label_set="severity"),
    Column("文件", width=40),
    Column("工作表", width=16),
    Column("行", "count", 8),
    Column("单元格", width=8),
    Column("列标题", width=18),
    Column("填报内容", width=24),
    Column("应为", width=24),
    Column("问题", width=48),
    Column("如何修改", width=48),
    Column("规则", width=12),
)
BUREAU_SQL = """
select
    bureau_code, any_value(bureau_name), count(*) filter (where not is_derived),
    count(*) filter (where is_derived)
from quality.fct_finding
where bureau_code is not null and is_current and waiver_id is null
group by bureau_code
order by bureau_code
"""
FINDING_SQL = """
select
    severity, _source_file, _source_sheet, _source_row, source_cell, heading, value_found,
    value_expected, message_zh, how_to_fix_zh, rule_id
from quality.fct_finding
where bureau_code = ? and is_current and not is_derived and waiver_id is null
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    _source_file, _source_sheet, _source_row, source_cell, rule_id
limit ?
"""
EXCEPTION_SQL = """
select
    (select count(*) from quality.mart_waiver where status = 'in_use'),
    (select count(*) from quality.fct_finding where waiver_id is not null and is_current),
    (select count(*) from quality.mart_correction where is_applied),
    (select count(*) from quality.mart_correction where not is_applied),
    (select count(*) from quality.fct_finding where is_explained and is_current)
"""


def write_reports(home: Home, release: Release, as_of: date, worker: Any = None) -> Path:
    """Write what is sent back after a night.

    Args:
        home: the installation.
        release: the live release.
        as_of: the night's date.
        worker: the gate's worker, which knows what it judged; without it no gate pages.

    Returns:
        The folder written: `reports/<release id>/`, with `reports/latest` pointing at it.
    """
    home.reports.mkdir(parents=True, exist_ok=True)
    folder = home.reports / release.release_id
    draft = home.reports / f".tmp-{release.release_id}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    write_bureau_reports(release, draft / "问题清单", as_of)
    try:
        write_returns(home, release, draft, as_of)
    except Exception:
        logger.exception("退回工作簿没有写成，可用 jixiao report 补写")
    if worker is not None:
        try:
            worker.build_data_docs(draft / "data_docs", f"质量关口 {as_of.isoformat()}")
        except Exception as error:
            logger.warning("质量关口页面没有生成：%s", error)
    (draft / "本次运行.txt").write_text(summary(release), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(draft, folder)
    aside = home.reports / ".latest-next"
    aside.unlink(missing_ok=True)
    os.symlink(release.release_id, aside)
    os.replace(aside, home.reports / "latest")
    drop_old_gate_pages(home)
    return folder


def drop_old_gate_pages(home: Home) -> list[str]:
    """Remove the gate's pages of nights whose release is gone; what was sent to bureaus stays.

    Args:
        home: the installation.

    Returns:
        Releases whose pages were removed.
    """
    kept = {release.release_id for release in list_releases(home)}
    removed = []
    for pages in home.reports.glob("*/data_docs"):
        if not pages.parent.is_symlink() and pages.parent.name not in kept:
            shutil.rmtree(pages, ignore_errors=True)
            removed.append(pages.parent.name)
    return sorted(removed)


def write_bureau_reports(release: Release, folder: Path, as_of: date) -> int:
    """One workbook of findings per bureau that has any.

    Args:
        release: the release to read.
        folder: where to write; created.
        as_of: the night's date.

    Returns:
        Workbooks written.
    """
    folder.mkdir()
    con = open_release(release.database)
    try:
        bureaus = con.execute(BUREAU_SQL).fetchall()
        for code, name, count, derived in bureaus:
            safe = "".join(sign for sign in str(name or "") if sign.isalnum())
            notes = (
                [f"共 {count} 条，此处只列前 {MAX_BUREAU_ROWS} 条；先改正错误再报送。"]
                if count > MAX_BUREAU_ROWS else []
            )
            if derived:
                notes.append(f"另有 {derived} 条由以上问题引起，改正后会一并消除，不逐条列出。")
            with ListWorkbook(folder / f"{code}-{safe or '财政部门'}-问题清单.xlsx", as_of) as book:
                book.add_list(
                    "问题清单",
                    f"{name or code}报送数据问题清单",
                    COLUMNS,
                    stream(con, FINDING_SQL, [code, MAX_BUREAU_ROWS]),
                    unit_line=f"截至 {as_of.isoformat()}",
                    notes=notes,
                )
        return len(bureaus)
    finally:
        con.close()


def summary(release: Release) -> str:
    """A page of text about a release.

    Args:
        release: the release.

    Returns:
        Chinese text.
    """
    manifest = release.manifest()
    con = open_release(release.database)
    try:
        findings = con.execute(
            "select severity, count(*) from quality.fct_finding"
            " where is_current and not is_derived and waiver_id is null group by all order by all"
        ).fetchall()
        (exceptions,) = con.execute(EXCEPTION_SQL).fetchall()
        filings = con.execute(
            "select status, count(*) from marts.mart_filing_status group by all order by all"
        ).fetchall()
    finally:
        con.close()
    from nightly.labels import label

    lines = [
        f"发布 {release.release_id}（截至 {manifest['as_of']}）",
        f"输入文件 {len(manifest['inputs'])} 个",
        "报送情况　" + "　".join(f"{label('filing_status', s)} {n}" for s, n in filings),
        "现有问题　" + ("　".join(f"{label('severity', s)} {n}" for s, n in findings) or "无"),
        "豁免 {} 项，涉及问题 {} 条　更正采用 {} 条，未采用 {} 条　"
        "原因说明 {} 条".format(*exceptions),
        "表　" + "　".join(
            f"{name} {facts['row_count']}" for name, facts in manifest["tables"].items()
        ),
    ]
    return "\n".join(lines) + "\n"
