"""The page of data quality: findings by rule and bureau, the gate's history."""

from __future__ import annotations

from dashboards.edition import Edition
from dashboards.page import (
    BUREAU,
    Card,
    Chart,
    Field,
    Page,
    make_table,
    project_href,
    with_source,
)
from dashboards.source import Source, same, written
from nightly.labels import label

SEVERITIES = (("error", "#c8453b"), ("warning", "#e0a82e"), ("info", "#8fb3c9"))
SEVERITY_ORDER = "case severity when 'error' then 0 when 'warning' then 1 else 2 end"
TOP_RULES = 15
RULE_KEYS = ("rule_id", "severity", "category")
IS_KNOWN = """
    (bureau_code, fiscal_year, project_code) in (
        select (bureau_code, fiscal_year, project_code) from marts.fct_project
    ) is true as is_known
"""
FINDING_FIELDS = (
    Field("级别", "severity", label_set="severity"), Field("规则", "rule_id"),
    Field("说明", "message_zh"), Field("改法", "how_to_fix_zh"),
    Field("填报值", "value_found"), Field("应为", "value_expected"),
    Field("项目", "project_code", href=lambda row: project_href(row) if row["is_known"] else ""),
    Field("表", "document_kind", label_set="document_kind"),
    Field("来源（文件〔表〕行）", "source"), Field("单元格", "source_cell"),
)


def quality_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    totals = {
        row["severity"]: row["n"] for row in edition.ask(
            "select severity, count(*) as n from quality.fct_finding where is_current"
            " group by all order by all"
        )
    }
    rules = edition.ask(
        f"""
        select rule_id, any_value(rule_name) as rule_name, severity, category,
            count(*) as finding_count, count(distinct bureau_code) as bureau_count,
            count(*) filter (where waiver_id is not null) as waived_count,
            count(*) filter (where is_explained) as explained_count
        from quality.fct_finding where is_current
        group by rule_id, severity, category
        order by {SEVERITY_ORDER}, finding_count desc, rule_id, category
        """
    )
    for row in rules:
        row["rule"] = f"{row['rule_id']} {row['rule_name'] or ''}".strip()
    bureaus = edition.placed(edition.ask(
        """
        select bureau_code, any_value(bureau_name) as bureau_name, any_value(tier) as tier,
            sum(row_count) as row_count, sum(set_aside_row_count) as set_aside_row_count,
            sum(error_count) as error_count, sum(warning_count) as warning_count,
            sum(info_count) as info_count, sum(explained_count) as explained_count,
            sum(waived_count) as waived_count, sum(fixed_count) as fixed_count,
            1000 * sum(error_count)::decimal(38, 10) / nullif(sum(row_count), 0)
                as errors_per_thousand
        from quality.mart_bureau_data_quality where work_year = $1
        group by bureau_code
        order by error_count desc, warning_count desc, bureau_code
        """,
        edition.work_year,
    ))
    findings = edition.ask(
        f"""
        select *, {IS_KNOWN} from quality.fct_finding where is_current
        order by {SEVERITY_ORDER}, first_seen desc, rule_id, bureau_code, finding_id limit 300
        """
    )
    gate = edition.ask(
        """
        select * from quality.mart_gate_history
        where night_date = (select max(night_date) from quality.mart_gate_history)
            and not is_passed
        order by failing_row_count desc, suite_name, rule_id
        """
    )
    current = Source("quality.fct_finding", "is_current")
    read = edition.of_year("quality.mart_bureau_data_quality")
    top = sorted(rules, key=lambda row: (-row["finding_count"], row["rule_id"]))[:TOP_RULES]
    rows_total = sum(row["row_count"] for row in bureaus)
    return Page(
        "quality.html", "数据质量",
        [
            *(
                Card(label("severity", severity), current.only(same("severity", severity)).shows(
                         "count", totals.get(severity, 0)),
                     "条未解决", "#findings",
                     "bad" if severity == "error" and totals.get(severity) else "")
                for severity, _ in SEVERITIES
            ),
            Card("读入行数",
                 read.shows("count", rows_total, "coalesce(sum(row_count), 0)"),
                 written("搁置 ", read.shows(
                     "count", sum(row["set_aside_row_count"] for row in bureaus),
                     "coalesce(sum(set_aside_row_count), 0)"), " 行"),
                 "#by_bureau"),
        ],
        [
            Chart(
                "top_rules", f"问题最多的 {len(top)} 条规则", "bar", "条",
                [{"name": "问题数", "measure": "count(*)",
                  "data": [row["finding_count"] for row in top]}],
                "rules", [row["rule"] for row in top], "规则", is_horizontal=True,
                source=current,
                wheres=[
                    " and ".join(same(name, row[name]) for name in RULE_KEYS) for row in top
                ],
            ),
            make_table(
                "rules", "按规则",
                [
                    Field("规则", "rule"),
                    Field("级别", "severity", label_set="severity"),
                    Field("问题数", "finding_count", "count", of="count(*)"),
                    Field("涉及财政局", "bureau_count", "count", of="count(distinct bureau_code)"),
                    Field("豁免", "waived_count", "count", of="count(waiver_id)"),
                    Field("已说明", "explained_count", "count",
                          of="count(*) filter (where is_explained)"),
                ],
                rules, full_list="quality.fct_finding", source=current.by(*RULE_KEYS),
            ),
            make_table(
                "by_bureau", "按财政局",
                [
                    Field("地(州、市)", "prefecture"), BUREAU,
                    *(
                        Field(heading, name, "count", of=f"sum({name})")
                        for heading, name in (
                            ("行数", "row_count"), ("搁置行", "set_aside_row_count"),
                            ("错误", "error_count"), ("警告", "warning_count"),
                            ("提示", "info_count"), ("豁免", "waived_count"),
                            ("已说明", "explained_count"), ("已改正", "fixed_count"),
                        )
                    ),
                    Field("每千行错误", "errors_per_thousand", "number",
                          of="1000 * sum(error_count)::decimal(38, 10) / sum(row_count)"),
                ],
                bureaus, full_list="quality.mart_bureau_data_quality",
                source=read.by("bureau_code"),
            ),
            make_table("findings", "问题清单（错误在前）", [BUREAU, *FINDING_FIELDS],
                       with_source(findings),
                       total=sum(totals.values()), full_list="quality.fct_finding",
                       source=current.by("finding_id")),
            make_table(
                "gate", "最近一次关口未通过的检查",
                [
                    Field("材料", "document_kind_zh"), Field("规则", "rule_id"),
                    Field("名称", "rule_zh"), Field("级别", "severity", label_set="severity"),
                    Field("行数", "row_count", "count"),
                    Field("不通过行", "failing_row_count", "count"),
                    Field("不通过比例", "failing_rate", "rate"),
                    Field("上次比例", "previous_failing_rate", "rate"),
                ],
                gate, full_list="quality.mart_gate_history",
                source=Source(
                    "quality.mart_gate_history",
                    "night_date = (select max(night_date) from quality.mart_gate_history)"
                    " and not is_passed",
                ).by("suite_name", "rule_id", "severity"),
            ),
        ],
        "每条问题都写明文件、工作表、单元格与改法；各局的反馈在 reports/latest/退回/。",
    )
