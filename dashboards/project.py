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
from dashboards.page import Row, label, source_text
from nightly.labels import load_labels

BATCH_PROJECTS = 8000
PART_CHARACTERS = 100_000
FINDING_LIMIT = 50
KEYS = "bureau_code, fiscal_year, project_code"
SOURCES = "_source_file, _source_sheet, _source_row"
STAGE_RANK = {"goal": 0, "monitoring": 1, "self_evaluation": 2}
TAGS = (
    ("is_new", "新增"), ("is_direct_fund", "直达资金"), ("is_poverty_relief", "扶贫"),
    ("is_transfer", "转移支付"), ("is_confidential", "涉密"),
)
REASONS = tuple(
    (code, name) for (label_set, code), name in sorted(load_labels().items())
    if label_set == "cannot_judge_reason" and code != "goal_stage"
)
REASON_SQL = " ".join(f"when '{code}' then '{name}'" for code, name in REASONS)
LINE_SQL = f"""
    with line as (
        select
            bureau_code, fiscal_year, project_code, level1, level2, level3, line_no,
            document_kind || ' ' || coalesce(round_no, 0) as stage,
            row_number() over (
                partition by bureau_code, fiscal_year, project_code, document_kind, round_no,
                    level1, level2, level3
                order by line_no, indicator_id
            ) as ordinal,
            dense_rank() over (
                partition by bureau_code, fiscal_year, project_code
                order by _source_file, coalesce(_source_sheet, '')
            ) - 1 as file_no,
            _source_file || case when _source_sheet <> '' then ' 〔' || _source_sheet || '〕'
                else '' end as file,
            coalesce(target_text, '') as target, coalesce(actual_text, '') as actual,
            {figures.rate_sql("completion_rate")} as completion,
            {figures.score_sql("declared_score")} as score,
            {figures.score_sql("weight")} as weight,
            case when verdict = 'cannot_judge' then case cannot_judge_reason {REASON_SQL} else ''
                end else '' end as reason,
            _source_row as source_row
        from marts.fct_indicator
        where list_contains($1::varchar[], bureau_code) and project_code is not null
    ),
    merged as (
        select
            bureau_code, fiscal_year, project_code, level1, level2, level3, ordinal,
            min(line_no) as first_line_no,
            '{{"name":'
                || json_array(coalesce(level1, '—'), coalesce(level2, '—'), coalesce(level3, '—'))
                || ',"at":{{'
                || string_agg(
                    to_json(stage) || ':' || json_array(
                        target, actual, completion, score, weight, reason, file_no, source_row
                    ), ',' order by stage
                )
                || '}}}}' as text
        from line
        group by bureau_code, fiscal_year, project_code, level1, level2, level3, ordinal
    ),
    text as (
        select
            bureau_code, fiscal_year, project_code,
            '[' || string_agg(
                text, ',' order by first_line_no, level1, level2, level3, ordinal
            ) || ']' as indicators
        from merged group by bureau_code, fiscal_year, project_code
    ),
    file as (
        select bureau_code, fiscal_year, project_code, file_no, min(file) as file
        from line group by bureau_code, fiscal_year, project_code, file_no
    ),
    files as (
        select
            bureau_code, fiscal_year, project_code,
            list(file order by file_no) as files
        from file group by bureau_code, fiscal_year, project_code
    ),
    stages as (
        select
            bureau_code, fiscal_year, project_code, list(distinct stage order by stage) as stages
        from line group by bureau_code, fiscal_year, project_code
    )
    select * from text
    join files using (bureau_code, fiscal_year, project_code)
    join stages using (bureau_code, fiscal_year, project_code)
"""


def project_key(row: Row) -> str:
    """How a project is found in its bureau's index."""
    return f"{row['fiscal_year']}|{row['project_code']}"


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
        for stage in row["stages"]:
            kind, round_no = stage.split(" ")
            column(kind, int(round_no) or None)
    return [
        {"key": f"{stage} {round_no}", **columns[stage, round_no]}
        for stage, round_no in sorted(
            columns, key=lambda key: (STAGE_RANK.get(key[0], 9), key[1])
        )
    ]


def _project_record(
    project: Row, flags: list[Row], evaluations: list[Row], missing: list[Row],
    checks: list[Row], findings: list[Row], lines: list[Row], years: list[int],
) -> str:
    tags = "、".join(name for key, name in TAGS if project[key])
    record = {
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
        "checks": [
            [
                label("check_code", row["check_code"]),
                label("consistency_subject", row["subject"]),
                " → ".join(
                    label("stage_name", stage)
                    for stage in (row["earlier_stage"], row["later_stage"]) if stage
                ),
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
        "files": lines[0]["files"] if lines else [],
    }
    indicators = lines[0]["indicators"] if lines else "[]"
    return f'{script_json(record)[:-1]},"indicators":{script_safe(indicators)}}}'


def project_records(edition: Edition, codes: list[str]) -> Iterator[tuple[str, str, str]]:
    """Everything about every project of some bureaus.

    Args:
        edition: the release.
        codes: of the bureaus.

    Yields:
        Bureau, key and record as JSON, by bureau, fiscal year and code.
    """
    def keyed(sql: str) -> dict[tuple[str, str], list[Row]]:
        return by_key(
            (
                {**row, "key": (row["bureau_code"], project_key(row))}
                for row in edition.ask(sql, codes)
            ),
            "key",
        )

    chosen = "where list_contains($1::varchar[], bureau_code)"
    projects = [
        row for row in edition.ask(
            f"select * from marts.fct_project {chosen}"
            " order by bureau_code, fiscal_year, project_code",
            codes,
        )
        if row["project_code"]  # a confidential project has no page
    ]
    if not projects:
        return
    flags = keyed(
        f"""
        select {KEYS}, round_no, light, triggers, verdict, cannot_judge_reason, budget_cny,
            executed_cny, execution_rate, goal_completion_rate, gap, gap_threshold, {SOURCES}
        from marts.mart_deviation_flag {chosen} order by round_no
        """
    )
    evaluations = keyed(
        f"""
        select {KEYS}, light, verdict, cannot_judge_reason, budget_cny, executed_cny,
            execution_rate, declared_score, recomputed_score, score_difference, grade_name,
            {SOURCES}
        from marts.mart_self_evaluation {chosen}
        """
    )
    missing = keyed(
        f"select {KEYS}, stage, round_no, reason, found_in_file from marts.mart_missing_project"
        f" {chosen} order by stage, round_no"
    )
    checks = keyed(
        f"""
        select {KEYS}, check_code, subject, earlier_stage, later_stage, value_found,
            value_expected, verdict, expected_source_file, expected_source_sheet,
            expected_source_row, {SOURCES}
        from marts.mart_form_consistency {chosen} order by check_code, consistency_id
        """
    )
    findings = keyed(
        f"""
        select {KEYS}, severity, rule_id, message_zh, how_to_fix_zh, value_found, value_expected,
            source_cell, {SOURCES}
        from quality.fct_finding {chosen} and is_current and project_code is not null
        qualify row_number() over (
            partition by {KEYS} order by severity, rule_id, finding_id
        ) <= {FINDING_LIMIT}
        order by severity, rule_id, finding_id
        """
    )
    lines = keyed(LINE_SQL)
    years: dict[tuple[str, str], list[int]] = {}
    for project in projects:
        years.setdefault((project["bureau_code"], project["project_code"]), []).append(
            project["fiscal_year"]
        )
    for project in projects:
        key = (project["bureau_code"], project_key(project))
        yield *key, _project_record(
            project, flags.get(key, []), evaluations.get(key, []), missing.get(key, []),
            checks.get(key, []), findings.get(key, []), lines.get(key, []),
            years[project["bureau_code"], project["project_code"]],
        )


def script_safe(text: str) -> str:
    """JSON that cannot end the script it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace(
        "\u2029", "\\u2029"
    )


def script_json(content: Any) -> str:
    """Write JSON that may stand in a script."""
    return script_safe(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def batches(edition: Edition) -> Iterator[list[Row]]:
    """Bureaus in groups of so many projects that a group fits well into memory.

    Args:
        edition: the release.

    Yields:
        Rows of the roster.
    """
    counts = {
        row["bureau_code"]: row["n"] for row in edition.ask(
            "select bureau_code, count(*) as n from marts.fct_project group by all order by all"
        )
    }
    batch: list[Row] = []
    size = 0
    for bureau in edition.bureaus:
        number = counts.get(bureau["bureau_code"], 0)
        if batch and size + number > BATCH_PROJECTS:
            yield batch
            batch, size = [], 0
        batch.append(bureau)
        size += number
    if batch:
        yield batch


def project_scripts(edition: Edition) -> Iterator[tuple[str, str]]:
    """The data files of all bureaus.

    Args:
        edition: the release.

    Yields:
        File name and content.
    """
    for batch in batches(edition):
        records: dict[str, list[tuple[str, str]]] = {
            bureau["bureau_code"]: [] for bureau in batch
        }
        for code, key, text in project_records(edition, list(records)):
            records[code].append((key, text))
        for bureau in batch:
            yield from bureau_scripts(bureau, records[bureau["bureau_code"]])


def bureau_scripts(bureau: Row, records: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The data files of one bureau: its projects in parts, the index last.

    Args:
        bureau: its row of the roster.
        records: key and JSON of its projects.

    Yields:
        File name and content.
    """
    code = bureau["bureau_code"]
    index: dict[str, int] = {}
    parts: list[list[str]] = []
    size = PART_CHARACTERS
    for key, record in records:
        text = f"{script_json(key)}:{record}"
        if size + len(text) > PART_CHARACTERS:
            parts.append([])
            size = 0
        parts[-1].append(text)
        size += len(text)
        index[key] = len(parts) - 1
    for number, part in enumerate(parts):
        name = f"{code}-{number}"
        yield f"{name}.js", f"jixiaoPart({script_json(name)},{{{','.join(part)}}});\n"
    yield f"{code}.js", (
        f"jixiaoIndex({script_json(code)},"
        f"{script_json({'name': bureau['bureau_name'], 'parts': index})});\n"
    )
