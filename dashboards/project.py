"""The data behind the page of a project: goal, rounds, self-evaluation, findings side by side.

One small index per bureau and its projects in parts, each a script that a page opened from a disk
may load; a browser does not let such a page read any other file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dashboards import figures
from dashboards.edition import Edition, by_key, stage_title
from dashboards.monitoring import UNJUDGED
from dashboards.page import Row, source_text
from nightly.labels import label

PART_BYTES = 200_000
STAGE_RANK = {"goal": 0, "monitoring": 1, "self_evaluation": 2}
TAGS = (
    ("is_new", "新增"), ("is_direct_fund", "直达资金"), ("is_poverty_relief", "扶贫"),
    ("is_transfer", "转移支付"), ("is_confidential", "涉密"),
)
LINE_SQL = f"""
    with line as (
        select
            fiscal_year, project_code, level1, level2, level3, line_no, indicator_id,
            document_kind as stage, round_no, target_text, actual_text, declared_score,
            {figures.rate_sql("completion_rate")} as completion, verdict, cannot_judge_reason,
            weight, _source_file, _source_sheet, _source_row,
            row_number() over (
                partition by fiscal_year, project_code, document_kind, round_no,
                    level1, level2, level3
                order by line_no, indicator_id
            ) as ordinal
        from marts.fct_indicator
        where bureau_code = $1 and project_code is not null
    )
    select * from line order by fiscal_year, project_code, line_no nulls last, indicator_id
"""


def project_key(fiscal_year: object, project_code: object) -> str:
    """How a project is found in its bureau's index."""
    return f"{fiscal_year}|{project_code}"


def _measures(stage: str, row: Row) -> list[tuple[str, str]]:
    if stage == "monitoring":
        light = label("light", row["light"]) or UNJUDGED
        return [
            ("预算数", figures.money(row["budget_cny"])),
            ("执行数", figures.money(row["executed_cny"])),
            ("执行率", figures.rate(row["execution_rate"])),
            ("绩效目标完成率", figures.rate(row["goal_completion_rate"])),
            ("偏离度", figures.rate(row["gap"])),
            ("偏离阈值", figures.rate(row["gap_threshold"])),
            ("灯", light),
            ("触发原因", figures.text(label("trigger", row["triggers"]))),
            ("结论", label("verdict", row["verdict"])),
            ("不能判断的原因",
             figures.text(label("cannot_judge_reason", row["cannot_judge_reason"]))),
        ]
    return [
        ("预算数", figures.money(row["budget_cny"])),
        ("执行数", figures.money(row["executed_cny"])),
        ("执行率", figures.rate(row["execution_rate"])),
        ("申报得分", figures.score(row["declared_score"])),
        ("复算得分", figures.score(row["recomputed_score"])),
        ("得分差异", figures.score(row["score_difference"])),
        ("等次", figures.text(row["grade_name"])),
        ("灯", figures.text(label("light", row["light"]))),
        ("结论", label("verdict", row["verdict"])),
        ("不能判断的原因",
         figures.text(label("cannot_judge_reason", row["cannot_judge_reason"]))),
    ]


def _stage_columns(
    project: Row, flags: list[Row], evaluations: list[Row], missing: list[Row],
    lines: list[Row],
) -> list[dict[str, Any]]:
    columns: dict[tuple[str, int], dict[str, Any]] = {}

    def column(stage: str, round_no: int | None) -> dict[str, Any]:
        return columns.setdefault(
            (stage, round_no or 0),
            {"title": stage_title(stage, round_no), "values": {}, "source": ""},
        )

    if project["has_goal"]:
        values = column("goal", None)["values"]
        values["状态"] = "已编"
        values["预算数"] = figures.money(project["goal_amount_cny"])
    for row in flags:
        found = column("monitoring", row["round_no"])
        found["values"] = {"状态": "已监控", **dict(_measures("monitoring", row))}
        found["source"] = source_text(row)
    for row in evaluations:
        found = column("self_evaluation", None)
        found["values"] = {"状态": "已自评", **dict(_measures("self_evaluation", row))}
        found["source"] = source_text(row)
    for row in missing:
        found = column(row["stage"], row["round_no"])
        found["values"].setdefault(
            "状态", f"缺：{label('missing_reason', row['reason'])}"
        )
        found["source"] = found["source"] or figures.text(row["found_in_file"])
    for row in lines:
        found = column(row["stage"], row["round_no"])
        found["source"] = found["source"] or source_text(row)
    return [
        {"key": f"{stage} {round_no}", **columns[stage, round_no]}
        for stage, round_no in sorted(
            columns, key=lambda key: (STAGE_RANK.get(key[0], 9), key[1])
        )
    ]


def _indicator_rows(lines: list[Row]) -> list[dict[str, Any]]:
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in lines:
        key = (row["level1"], row["level2"], row["level3"], row["ordinal"])
        found = merged.setdefault(key, {"name": [figures.text(part) for part in key[:3]], "at": {}})
        verdict = row["verdict"]
        reason = row["cannot_judge_reason"]
        found["at"][f"{row['stage']} {row['round_no'] or 0}"] = [
            row["target_text"] or "", row["actual_text"] or "", row["completion"] or "",
            figures.score(row["declared_score"]) if row["declared_score"] is not None else "",
            figures.score(row["weight"]) if row["weight"] is not None else "",
            label("cannot_judge_reason", reason) if verdict == "cannot_judge" and reason
            and reason != "goal_stage" else "",
            source_text(row),
        ]
    return list(merged.values())


def _project_record(
    project: Row, flags: list[Row], evaluations: list[Row], missing: list[Row],
    checks: list[Row], findings: list[Row], lines: list[Row], years: list[int],
) -> dict[str, Any]:
    tags = "、".join(name for key, name in TAGS if project[key])
    return {
        "name": project["project_name"] or project["project_code"],
        "years": years,
        "head": [
            ["项目编码", project["project_code"]],
            ["预算年度", str(project["fiscal_year"])],
            ["单位", figures.text(project["unit_name"])],
            ["主管部门", figures.text(project["department_name"])],
            ["资金性质", label("fund_type", project["fund_type"])],
            ["标签", tags or figures.NONE],
            ["年初预算", figures.money(project["initial_budget_cny"])],
            ["年度预算", figures.money(project["annual_budget_cny"])],
            ["在项目清单中", figures.yes(project["is_registered"])],
            ["来源", figures.text(source_text(project))],
        ],
        "stages": _stage_columns(project, flags, evaluations, missing, lines),
        "indicators": _indicator_rows(lines),
        "checks": [
            [
                label("check_code", row["check_code"]),
                label("consistency_subject", row["subject"]),
                f"{label('stage_name', row['earlier_stage'])} → "
                f"{label('stage_name', row['later_stage'])}",
                figures.text(row["value_found"]), figures.text(row["value_expected"]),
                label("verdict", row["verdict"]), source_text(row),
                source_text(row, "expected_source_"),
            ]
            for row in checks
        ],
        "findings": [
            [
                label("severity", row["severity"]), row["rule_id"], figures.text(row["message_zh"]),
                figures.text(row["how_to_fix_zh"]), figures.text(row["value_found"]),
                figures.text(row["value_expected"]), source_text(row),
                figures.text(row["source_cell"]),
            ]
            for row in findings
        ],
    }


def project_records(edition: Edition, code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything about every project of a bureau.

    Args:
        edition: the release.
        code: of the bureau.

    Yields:
        Key and record, by fiscal year and code.
    """
    def keyed(sql: str) -> dict[str, list[Row]]:
        return by_key(
            (
                {**row, "key": project_key(row["fiscal_year"], row["project_code"])}
                for row in edition.ask(sql, code)
            ),
            "key",
        )

    projects = edition.ask(
        "select * from marts.fct_project where bureau_code = $1"
        " order by fiscal_year, project_code", code,
    )
    if not projects:
        return
    flags = keyed(
        "select * from marts.mart_deviation_flag where bureau_code = $1 order by round_no"
    )
    evaluations = keyed("select * from marts.mart_self_evaluation where bureau_code = $1")
    missing = keyed(
        "select * from marts.mart_missing_project where bureau_code = $1"
        " order by stage, round_no"
    )
    checks = keyed(
        "select * from marts.mart_form_consistency where bureau_code = $1"
        " order by check_code, consistency_id"
    )
    findings = keyed(
        "select * from quality.fct_finding where bureau_code = $1 and is_current"
        " and project_code is not null order by severity, rule_id, finding_id"
    )
    lines = keyed(LINE_SQL)
    years = by_key(projects, "project_code")
    for project in projects:
        key = project_key(project["fiscal_year"], project["project_code"])
        yield key, _project_record(
            project, flags.get(key, []), evaluations.get(key, []), missing.get(key, []),
            checks.get(key, []), findings.get(key, []), lines.get(key, []),
            [row["fiscal_year"] for row in years[project["project_code"]]],
        )


def script_json(content: Any) -> str:
    """JSON that cannot end the script it stands in."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def project_scripts(edition: Edition, bureau: Row) -> Iterator[tuple[str, str]]:
    """The data files of a bureau: parts first, the index last.

    Args:
        edition: the release.
        bureau: its row of the roster.

    Yields:
        File name and content.
    """
    code = bureau["bureau_code"]
    index: dict[str, int] = {}
    part: list[str] = []
    number = size = 0

    def script(texts: list[str]) -> tuple[str, str]:
        name = script_json(f"{code}-{number}")
        return f"{code}-{number}.js", f"jixiaoPart({name},{{{','.join(texts)}}});\n"

    for key, record in project_records(edition, code):
        text = f"{script_json(key)}:{script_json(record)}"
        if part and size + len(text) > PART_BYTES:
            yield script(part)
            part, size, number = [], 0, number + 1
        part.append(text)
        size += len(text)
        index[key] = number
    if part:
        yield script(part)
    yield f"{code}.js", (
        f"jixiaoIndex({script_json(code)},"
        f"{script_json({'name': bureau['bureau_name'], 'parts': index})});\n"
    )
