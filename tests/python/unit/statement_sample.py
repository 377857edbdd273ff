"""A small release with the figures of two years and the rows behind them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb

from nightly.release import Release
from nightly.settings import Home

RELEASE_ID = "20210301-001-0123abcd"
PROJECTS = """
create table marts.fct_project as
select * from (values
    ('650000', '自治区财政厅', 'region', 1, 2020, 'P1', '=cmd|''/c calc''!A1', 'general',
        true, true, 12345678.90, date '2020-05-31', false),
    ('650000', '自治区财政厅', 'region', 1, 2020, 'P2', '道路维护', 'general',
        true, true, 10000.00, null, true),
    ('650100', '乌鲁木齐市财政局', 'prefecture', 2, 2020, 'P3', '+污水处理', 'general',
        true, true, 20000.00, null, false),
    ('650100', '乌鲁木齐市财政局', 'prefecture', 2, 2020, 'P4', '没有目标的项目', 'general',
        true, false, 40000.00, null, false),
    ('650000', '自治区财政厅', 'region', 1, 2021, 'P5', '次年项目', 'general',
        true, true, 70000.00, null, false)
) as sample(
    bureau_code, bureau_name, tier, tier_no, fiscal_year, project_code, project_name, fund_type,
    is_goal_due, is_goal_done, goal_amount_cny, goal_date, is_confidential
)
"""
COMMENTS = {
    "bureau_code": "财政区划代码（6位）",
    "bureau_name": "财政部门所在地区全称",
    "tier": "级次：region 自治区本级、prefecture 地（州、市）本级",
    "tier_no": "级次",
    "fiscal_year": "预算年度",
    "project_name": "项目名称；同名的另有编码",
    "fund_type": "资金类型：general、government_fund",
    "goal_amount_cny": "绩效目标金额（元）",
    "goal_date": "目标日期",
    "is_confidential": "是否涉密",
}
FIGURE_TABLE = """
create table marts.mart_annual_statement (
    statement varchar, work_year integer, item_code varchar, figure varchar, split varchar,
    sort_no integer, label_zh varchar, value decimal(38, 6), value_text varchar, unit_zh varchar,
    decimal_places integer, basis varchar, fiscal_year integer, drill_table varchar,
    drill_filter varchar, drill_measure varchar, note_zh varchar, parameter_version varchar
)
"""


def _goals(year: int, split: str, condition: str, count: int, amount: float, sort_no: int):
    where = f"fiscal_year = {year} and is_goal_done{condition}"
    for place, (figure, label, value, unit, places) in enumerate(
        (
            ("project_count", "已报绩效目标的项目", count, "个", 0),
            ("amount", "绩效目标金额", amount, "万元", 2),
        )
    ):
        yield (
            "xinjiang-2020", year, "S0-09", figure, split, sort_no + place, label, value, None,
            unit, places, "computed", year, "fct_project", where, "count(*)", None, "v1",
        )


def figures():
    """Rows of the figure table, worked by hand from `PROJECTS`."""
    yield from _goals(2020, "all", "", 3, 1237.56789, 10)
    yield from _goals(2020, "tier_1", " and tier_no = 1", 2, 1235.56789, 12)
    yield from _goals(2020, "lower", " and tier_no > 1", 1, 2, 14)
    yield from _goals(2021, "all", "", 1, 7, 10)
    common = ("xinjiang-2020", 2020)
    yield (
        *common, "S0-09", "project_rate", "all", 20, "绩效目标覆盖率", 75, None, "%", 2,
        "computed", 2020, "marts.fct_project", "fiscal_year = 2020 and is_goal_due", None, None,
        "v1",
    )
    yield (
        *common, "S0-09", "refused_count", "all", 21, "退回的项目", 0, None, "个", 0, "computed",
        2020, "fct_project", "fiscal_year = 1999", None, None, "v1",
    )
    yield (
        *common, "S0-34", "rank", "all", 90, "财政部考核名次", 15, None, "位", 0, "registered",
        2020, None, None, None, None, "v1",
    )
    yield (
        *common, "S0-34", "band", "all", 91, "财政部考核档次", None, "良好", "档", 0, "registered",
        2020, None, None, None, None, "v1",
    )
    yield (
        *common, "S0-36", "mean_score", "all", 95, "财政运行综合得分", None, None, "分", 2,
        "not_computable", 2020, None, None, None, "没有报送财政运行指标", "v1",
    )


def make_home(root: Path, has_figures: bool = True) -> Home:
    """An installation whose live release holds the sample."""
    home = Home(root)
    folder = home.releases / RELEASE_ID
    folder.mkdir(parents=True)
    con = duckdb.connect(str(folder / "jixiao.duckdb"))
    con.execute("create schema marts")
    con.execute(PROJECTS)
    for column, comment in COMMENTS.items():
        con.execute(f"comment on column marts.fct_project.{column} is '{comment}'")
    if has_figures:
        con.execute(FIGURE_TABLE)
        con.executemany(
            f"insert into marts.mart_annual_statement values ({', '.join('?' * 18)})",
            list(figures()),
        )
    con.close()
    manifest = {"release_id": RELEASE_ID, "as_of": "2021-03-01"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    os.symlink(RELEASE_ID, home.current)
    return home


def live(home: Home) -> Release:
    """Its live release."""
    return Release(RELEASE_ID, home.releases / RELEASE_ID, True)
