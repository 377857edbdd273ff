"""The Excel lists of a release.

Coverage, missing projects, warnings, filing status and timeliness for the region; who must be
chased for what, for the region and for each bureau that chases the bureaus below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from nightly.labels import label
from nightly.release import open_release
from nightly.workbook import Column, ListWorkbook

FETCH_ROWS = 5_000

BUREAU = (Column("财政区划代码", width=13), Column("财政部门", width=22))
PROJECT = (
    Column("预算单位", width=28),
    Column("项目编码", width=24),
    Column("项目名称", width=36),
)


@dataclass(frozen=True)
class ListSpec:
    """A workbook: which rows, how they are headed.

    Attributes:
        file_name: name of the workbook.
        title: title of each sheet, with `{part}` for the sheet's own part.
        part_sql: parts of the workbook, one sheet each: label values, then query parameters.
        sql: rows of a part, in the order of `columns`; parameters are those of the part.
        columns: headings and kinds.
        notes: lines under the list.
        has_total: whether a 合计 row is written.
        money_unit: of its amounts; '' where it has none.
    """

    file_name: str
    title: str
    part_sql: str
    sql: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    has_total: bool = True
    money_unit: str = "万元"


COVERAGE = ListSpec(
    file_name="全覆盖统计表.xlsx",
    title="{part}预算绩效管理全覆盖统计表",
    part_sql="""
        select distinct fiscal_year, stage, round_no, scope, fund_type
        from marts.mart_stage_coverage
        where fund_type = 'all'
        order by fiscal_year desc, stage, round_no nulls first, scope
    """,
    sql="""
        select
            bureau_code, bureau_name, tier,
            due_project_count, done_project_count, coverage_rate,
            due_amount_cny, done_amount_cny, amount_coverage_rate
        from marts.mart_stage_coverage
        where fiscal_year = ? and stage = ? and round_no is not distinct from ? and scope = ?
            and fund_type = ?
        order by bureau_code
    """,
    columns=(
        *BUREAU,
        Column("级次", width=16, label_set="tier"),
        Column("应报项目数", "count", 12, is_total=True),
        Column("已报项目数", "count", 12, is_total=True),
        Column("覆盖率", "rate", 10, rate_of=("已报项目数", "应报项目数")),
        Column("应报金额", "money", 18, is_total=True),
        Column("已报金额", "money", 18, is_total=True),
        Column("金额覆盖率", "rate", 12, rate_of=("已报金额", "应报金额")),
    ),
    notes=("应报项目取自部门预算项目清单及各阶段适用范围；涉密项目不在本表公开列示。",),
)

FUND_TYPES = ListSpec(
    file_name="全覆盖统计表（分资金性质）.xlsx",
    title="{part}预算绩效管理全覆盖统计表（分资金性质）",
    part_sql="""
        select distinct fiscal_year, stage, round_no
        from marts.mart_stage_coverage
        where fund_type <> 'all'
        order by fiscal_year desc, stage, round_no nulls first
    """,
    sql="""
        select
            bureau_code, bureau_name, fund_type,
            due_project_count, done_project_count, coverage_rate,
            due_amount_cny, done_amount_cny, amount_coverage_rate
        from marts.mart_stage_coverage
        where fiscal_year = ? and stage = ? and round_no is not distinct from ? and scope = 'own'
            and fund_type <> 'all' and (due_project_count > 0 or done_project_count > 0)
        order by bureau_code, fund_type
    """,
    columns=(
        *BUREAU,
        Column("资金性质", width=20, label_set="fund_type"),
        *COVERAGE.columns[3:],
    ),
    notes=COVERAGE.notes,
)

MISSING = ListSpec(
    file_name="漏报清单.xlsx",
    title="{part}漏报清单",
    part_sql="""
        select distinct fiscal_year, stage, round_no
        from marts.mart_missing_project
        order by fiscal_year desc, stage, round_no nulls first
    """,
    sql="""
        select
            bureau_code, bureau_name, unit_name, project_code, project_name, amount_cny, reason
        from marts.mart_missing_project
        where fiscal_year = ? and stage = ? and round_no is not distinct from ?
        order by bureau_code, unit_name, project_code
    """,
    columns=(
        *BUREAU,
        *PROJECT,
        Column("金额", "money", 16, is_total=True),
        Column("原因", width=22, label_set="missing_reason"),
    ),
)

WARNINGS = ListSpec(
    file_name="预警清单.xlsx",
    title="{part}预警清单",
    part_sql="""
        select distinct fiscal_year, 'monitoring', round_no
        from marts.mart_deviation_flag
        where is_warned
        order by fiscal_year desc, round_no nulls first
    """,
    sql="""
        select
            bureau_code, bureau_name, unit_name, project_code, project_name,
            budget_cny, executed_cny, execution_rate, goal_completion_rate, gap, light, triggers
        from marts.mart_deviation_flag
        where is_warned and fiscal_year = ? and ? = 'monitoring'
            and round_no is not distinct from ?
        order by bureau_code, unit_name, project_code
    """,
    columns=(
        *BUREAU,
        *PROJECT,
        Column("预算数", "money", 16, is_total=True),
        Column("执行数", "money", 16, is_total=True),
        Column("预算执行率", "rate", 12, rate_of=("执行数", "预算数")),
        Column("目标总体完成率", "rate", 14),
        Column("偏离度", "rate", 10),
        Column("灯号", width=8, label_set="light"),
        Column("预警原因", width=36, label_set="trigger"),
    ),
)

TWO_ROUNDS = ListSpec(
    file_name="连续两次预警清单.xlsx",
    title="{part}连续两次预警项目清单",
    part_sql="""
        select distinct fiscal_year from marts.mart_consecutive_warning order by fiscal_year desc
    """,
    sql="""
        select
            bureau_code, bureau_name, unit_name, project_code, project_name,
            first_execution_rate, first_goal_completion_rate, first_gap, first_triggers,
            second_budget_cny, second_executed_cny,
            second_execution_rate, second_goal_completion_rate, second_gap, second_triggers,
            grade, proposed_action, proposed_cut_cny
        from marts.mart_consecutive_warning
        where fiscal_year = ?
        order by bureau_code, unit_name, project_code
    """,
    columns=(
        *BUREAU,
        *PROJECT,
        Column("第一次：预算执行率", "rate", 12),
        Column("第一次：目标总体完成率", "rate", 12),
        Column("第一次：偏离度", "rate", 12),
        Column("第一次：预警原因", width=26, label_set="trigger"),
        Column("预算数", "money", 16, is_total=True),
        Column("第二次：执行数", "money", 16, is_total=True),
        Column("第二次：预算执行率", "rate", 12, rate_of=("第二次：执行数", "预算数")),
        Column("第二次：目标总体完成率", "rate", 12),
        Column("第二次：偏离度", "rate", 12),
        Column("第二次：预警原因", width=26, label_set="trigger"),
        Column("分类分档", width=16, label_set="warning_grade"),
        Column("建议措施", width=30),
        Column("建议调减金额", "money", 16, is_total=True),
    ),
    notes=("建议调减金额只在参数表给出调减比例时计算；处理意见由财政部门确定。",),
)

FILING_STATUS = ListSpec(
    file_name="报送情况表.xlsx",
    title="{part}报送情况表",
    part_sql="""
        select distinct fiscal_year, document_kind, round_no
        from marts.mart_filing_status
        order by fiscal_year desc, document_kind, round_no nulls first
    """,
    sql="""
        select
            bureau_code, bureau_name, tier, status, due_date, received_at, days_late,
            filing_count, project_count, error_count, warning_count
        from marts.mart_filing_status
        where fiscal_year = ? and document_kind = ? and round_no is not distinct from ?
        order by bureau_code
    """,
    columns=(
        *BUREAU,
        Column("级次", width=16, label_set="tier"),
        Column("状态", width=16, label_set="filing_status"),
        Column("应报日期", "date", 12),
        Column("收到日期", "date", 12),
        Column("逾期天数", "count", 10),
        Column("文件数", "count", 10, is_total=True),
        Column("项目数", "count", 10, is_total=True),
        Column("错误数", "count", 10, is_total=True),
        Column("提示数", "count", 10, is_total=True),
    ),
    money_unit="",
)


TIMELINESS = ListSpec(
    file_name="报送及时性统计表.xlsx",
    title="{part}报送及时性统计表",
    part_sql="""
        select distinct fiscal_year, document_kind, null::integer, scope
        from marts.mart_timeliness
        order by fiscal_year desc, document_kind, scope
    """,
    sql="""
        select
            bureau_code, bureau_name, tier, owed_count, on_time_count, late_count, missing_count,
            rejected_count, nil_declared_count, extended_count, on_time_rate, median_days_late,
            max_days_late
        from marts.mart_timeliness
        where fiscal_year = ? and document_kind = ? and ?::integer is null and scope = ?
        order by bureau_code
    """,
    columns=(
        *BUREAU,
        Column("级次", width=16, label_set="tier"),
        Column("应报份数", "count", 10),
        Column("按时报送", "count", 10),
        Column("逾期报送", "count", 10),
        Column("逾期未报", "count", 10),
        Column("其中：已退回", "count", 12),
        Column("零申报", "count", 10),
        Column("经批准延期", "count", 12),
        Column("按时报送率", "rate", 12),
        Column("逾期天数中位数", "number", 14),
        Column("最长逾期天数", "count", 12),
    ),
    notes=("应报份数为已到期或已报的份数；逾期天数中位数只计已逾期报送的，未报的计入最长逾期天数。",),
    has_total=False,
    money_unit="",
)

CHASE = ListSpec(
    file_name="催报清单.xlsx",
    title="{part}催报清单",
    part_sql="""
        select chasing_bureau_code, any_value(chasing_bureau_name)
        from marts.mart_chase_list
        group by chasing_bureau_code
        order by chasing_bureau_code
    """,
    sql="""
        select
            chasing_bureau_name, bureau_code, bureau_name, document_kind, fiscal_year, round_no,
            chase_reason, due_date, overdue_days, if(is_extended, '是', null), refused_date,
            _source_file, refused_reason_zh, required_action_zh
        from marts.mart_chase_list
        where $1::varchar is null or chasing_bureau_code = $1
        order by
            chasing_bureau_code, bureau_code, fiscal_year desc, document_kind, round_no nulls first
    """,
    columns=(
        Column("负责催报", width=22),
        *BUREAU,
        Column("材料类别", width=18, label_set="document_kind"),
        Column("年度", "text", 8),
        Column("轮次", "text", 8),
        Column("催报原因", width=16, label_set="chase_reason"),
        Column("报送期限", "date", 12),
        Column("逾期天数", "count", 10),
        Column("已延期", width=8),
        Column("退回日期", "date", 12),
        Column("退回的文件", width=36),
        Column("退回原因", width=36),
        Column("需要做什么", width=44),
    ),
    notes=("报送期限为经批准延期后的期限；确无内容的应作零申报，不报不等于零申报。",),
    has_total=False,
    money_unit="",
)
CHASE_FOLDER = "催报清单"


def stream(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: list[object]
) -> Iterator[tuple[object, ...]]:
    """Rows of a query, a few thousand at a time.

    Args:
        con: an open connection, used for nothing else meanwhile.
        sql: the query.
        parameters: its parameters.

    Yields:
        One tuple per row.
    """
    result = con.execute(sql, parameters)
    while rows := result.fetchmany(FETCH_ROWS):
        yield from rows


def part_name(values: tuple[object, ...]) -> tuple[str, str]:
    """Name a part of a workbook from its key values.

    Args:
        values: fiscal year, then stage, round and scope where the part has them.

    Returns:
        The sheet's name and the words for its title.
    """
    year = f"{values[0]}年度"
    stage = label("stage", values[1]) if len(values) > 1 else ""
    if len(values) > 1 and stage == values[1]:
        stage = label("document_kind", values[1])
    turn = f"第{values[2]}次" if len(values) > 2 and values[2] is not None else ""
    scope = label("scope", values[3]) if len(values) > 3 else ""
    return (
        f"{values[0]}{stage}{turn}{scope}" if stage else year,
        f"{year}{stage}{turn}{f'（{scope}）' if scope else ''}",
    )


def write_list(
    con: duckdb.DuckDBPyConnection, spec: ListSpec, folder: Path, as_of: date
) -> int:
    """Write one workbook.

    Args:
        con: the release's database.
        spec: the list.
        folder: where to write.
        as_of: the release's date.

    Returns:
        Rows written over all sheets.
    """
    written = 0
    parts = con.execute(spec.part_sql).fetchall()
    with ListWorkbook(folder / spec.file_name, as_of) as book:
        for part in parts:
            name, words = part_name(part)
            written += book.add_list(
                name,
                spec.title.format(part=words),
                spec.columns,
                stream(con, spec.sql, list(part)),
                unit_line=f"截至 {as_of.isoformat()}"
                + (f"　单位：{spec.money_unit}" if spec.money_unit else ""),
                notes=spec.notes,
                has_total=spec.has_total,
            )
    return written


def write_chase_lists(
    con: duckdb.DuckDBPyConnection, folder: Path, as_of: date
) -> dict[str, int]:
    """Write who must be chased: one workbook for the region, one for each bureau that chases.

    Args:
        con: the release's database.
        folder: where to write; the bureaus' workbooks go into `催报清单/` below it.
        as_of: the release's date.

    Returns:
        Rows written by workbook, its path relative to the folder; the region's is always there.
    """
    unit_line = f"截至 {as_of.isoformat()}"
    chasing = con.execute(CHASE.part_sql).fetchall()
    written: dict[str, int] = {}
    with ListWorkbook(folder / CHASE.file_name, as_of) as book:
        written[CHASE.file_name] = book.add_list(
            "全部", CHASE.title.format(part=""), CHASE.columns, stream(con, CHASE.sql, [None]),
            unit_line=unit_line, notes=CHASE.notes, has_total=False,
        ) if chasing else 0
    if chasing:
        (folder / CHASE_FOLDER).mkdir()
    for code, name in chasing:
        safe = "".join(sign for sign in str(name) if sign.isalnum())
        path = f"{CHASE_FOLDER}/{code}-{safe}-催报清单.xlsx"
        with ListWorkbook(folder / path, as_of) as book:
            written[path] = book.add_list(
                "催报清单", CHASE.title.format(part=name), CHASE.columns,
                stream(con, CHASE.sql, [code]),
                unit_line=unit_line, notes=CHASE.notes, has_total=False,
            )
    return written


def write_lists(database: Path, folder: Path, as_of: date) -> dict[str, int]:
    """Write every list of a release.

    Args:
        database: the release's DuckDB file.
        folder: where to write; exists.
        as_of: the release's date.

    Returns:
        Rows written by workbook.
    """
    con = open_release(database)
    try:
        return {
            spec.file_name: write_list(con, spec, folder, as_of) for spec in LISTS
        } | write_chase_lists(con, folder, as_of)
    finally:
        con.close()


LISTS = (COVERAGE, FUND_TYPES, MISSING, WARNINGS, TWO_ROUNDS, FILING_STATUS, TIMELINESS)
