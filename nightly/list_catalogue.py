"""The Excel lists of a release: which there are, what rows they hold and how they are headed."""

from __future__ import annotations

from dataclasses import dataclass

from nightly.workbook import Column

BUREAU = (Column("财政区划代码", width=13), Column("财政部门", width=22))
PROJECT = (
    Column("预算单位", width=24),
    Column("项目编码", width=22),
    Column("项目名称", width=30),
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
        has_total: whether a 合计 row is written; rows that hold their subordinates have none.
        money_unit: of its amounts; '' where it has none.
        has_families: whether a sheet per prefecture follows, see `FAMILY`.
    """

    file_name: str
    title: str
    part_sql: str
    sql: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    has_total: bool = True
    money_unit: str = "万元"
    has_families: bool = True


FAMILY = "{family}"
"""Where a list's SQL is narrowed to the bureaus of one prefecture; its parameter is the last."""
FAMILY_FILTER = "and list_contains(string_split(?, ','), bureau_code)"
FAMILY_PART = Column("年度和环节", width=24)


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
            and fund_type = ? {family}
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
    notes=("应报项目取自部门预算项目清单及各阶段适用范围；涉密项目计入各数，不列名。",),
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
            and fund_type <> 'all' and (due_project_count > 0 or done_project_count > 0) {family}
        order by bureau_code, fund_type
    """,
    columns=(
        *BUREAU,
        Column("资金性质", width=20, label_set="fund_type"),
        *COVERAGE.columns[3:],
    ),
    notes=COVERAGE.notes,
    has_families=False,
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
        where fiscal_year = ? and stage = ? and round_no is not distinct from ? {family}
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
            and round_no is not distinct from ? {family}
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
        where fiscal_year = ? {family}
        order by bureau_code, unit_name, project_code
    """,
    columns=(
        *BUREAU,
        *PROJECT,
        Column("第一次：预算执行率", "rate", 11),
        Column("第一次：目标总体完成率", "rate", 11),
        Column("第一次：偏离度", "rate", 11),
        Column("第一次：预警原因", width=20, label_set="trigger"),
        Column("预算数", "money", 14, is_total=True),
        Column("第二次：执行数", "money", 14, is_total=True),
        Column("第二次：预算执行率", "rate", 11, rate_of=("第二次：执行数", "预算数")),
        Column("第二次：目标总体完成率", "rate", 11),
        Column("第二次：偏离度", "rate", 11),
        Column("第二次：预警原因", width=20, label_set="trigger"),
        Column("分类分档", width=14, label_set="warning_grade"),
        Column("建议措施", width=22),
        Column("建议调减金额", "money", 14, is_total=True),
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
        where fiscal_year = ? and document_kind = ? and round_no is not distinct from ? {family}
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
        where fiscal_year = ? and document_kind = ? and ?::integer is null and scope = ? {family}
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

SAMPLING_QUOTA = ListSpec(
    file_name="抽检汇总表.xlsx",
    title="{part}抽检汇总表",
    part_sql="""
        select distinct fiscal_year, frame_kind, null::integer, draw_id
        from marts.mart_sampling_quota
        order by fiscal_year desc, frame_kind, draw_id
    """,
    sql="""
        select
            bureau_code, bureau_name, frame_count, quota_count, drawn_count, drawn_rate,
            recommended_count, frame_amount_cny, drawn_amount_cny
        from marts.mart_sampling_quota
        where fiscal_year = ? and frame_kind = ? and ?::integer is null and draw_id = ? {family}
        order by bureau_code
    """,
    columns=(
        *BUREAU,
        Column("应有项目数", "count", 12, is_total=True),
        Column("应抽数", "count", 10, is_total=True),
        Column("实抽数", "count", 10, is_total=True),
        Column("实抽比例", "rate", 10, rate_of=("实抽数", "应有项目数")),
        Column("另有推荐项目数", "count", 14, is_total=True),
        Column("总体金额", "money", 18, is_total=True),
        Column("抽中金额", "money", 18, is_total=True),
    ),
    notes=("应抽数按每个财政部门分别计算并向上取整；推荐项目不是随机抽中的，不计入实抽数。",),
    has_families=False,
)

SAMPLING = ListSpec(
    file_name="抽检清单.xlsx",
    title="{part}抽检清单",
    part_sql="""
        select distinct fiscal_year, frame_kind, null::integer, draw_id
        from marts.mart_sampling_audit_list
        order by fiscal_year desc, frame_kind, draw_id
    """,
    sql="""
        select
            bureau_code, bureau_name, selection_method, if(is_spare, '候补', null), unit_name,
            project_code, project_name, amount_cny,
            if(not is_spare and selection_method <> 'recommended', amount_cny, null),
            ticket_rank, left(ticket, 16), reason
        from marts.mart_sampling_audit_list
        where fiscal_year = ? and frame_kind = ? and ?::integer is null and draw_id = ? {family}
        order by bureau_code, selection_method = 'recommended', ticket_rank, project_code
    """,
    columns=(
        *BUREAU,
        Column("抽取方式", width=12, label_set="selection_method"),
        Column("候补", width=8),
        *PROJECT,
        Column("金额", "money", 16),
        Column("其中：抽中金额", "money", 16, is_total=True),
        Column("票号名次", "count", 10),
        Column("票号（前16位）", width=20),
        Column("入选原因", width=26),
    ),
    notes=(
        "候补在抽中项目不能检查时依次递补；推荐抽取的项目不是随机抽中的，推算总体情况时不得计入。",
        "抽中金额只计抽中的项目，不计候补和推荐。",
    ),
)

RESULT_APPLICATION = ListSpec(
    file_name="结果应用清单.xlsx",
    title="{part}绩效结果应用清单",
    part_sql="""
        select distinct work_year from marts.mart_result_application order by work_year desc
    """,
    sql="""
        select
            bureau_code, bureau_name, unit_name, object_name, project_code, basis, evaluated_year,
            score, grade, required_action_zh, action_zh, verdict, cannot_judge_reason, budget_year,
            budget_cny, cut_cny, recovered_cny, applied_date
        from marts.mart_result_application
        where work_year = ? {family}
        order by
            bureau_code,
            case verdict when 'fail' then 1 when 'warn' then 2 when 'pass' then 3 else 4 end,
            unit_name, object_name, application_id
    """,
    columns=(
        *BUREAU,
        Column("预算单位", width=26),
        Column("应用对象", width=32),
        Column("项目编码", width=22),
        Column("应用依据", width=12, label_set="application_basis"),
        Column("被评价年度", width=10),
        Column("得分", "score", 8),
        Column("等次", width=6, label_set="grade"),
        Column("规则要求", width=24),
        Column("实际应用", width=24),
        Column("结论", width=10, label_set="verdict"),
        Column("无法判断的原因", width=18, label_set="cannot_judge_reason"),
        Column("应用预算年度", width=12),
        Column("原预算金额", "money", 16, is_total=True),
        Column("压减金额", "money", 14, is_total=True),
        Column("收回金额", "money", 14, is_total=True),
        Column("应用日期", "date", 12),
    ),
    notes=(
        "年度为工作年度。结论：通过为已按规则应用；预警为应用方式与规则不同或尚待应用；"
        "不通过为应当应用而没有应用。",
    ),
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
    has_families=False,
)
CHASE_FOLDER = "催报清单"

LISTS = (
    COVERAGE, FUND_TYPES, MISSING, WARNINGS, TWO_ROUNDS, SAMPLING_QUOTA, SAMPLING,
    RESULT_APPLICATION, FILING_STATUS, TIMELINESS,
)
