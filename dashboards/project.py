"""The data behind the page of a project: goal, rounds, self-evaluation, findings side by side.

The database writes each project as one JSON of raw values; the page's script writes them out.
One small index per bureau, its projects in parts and a list of their names, each deflated in a
script that a page opened from a disk may load; a browser does not let such a page read any other
file.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dashboards.edition import Edition
from dashboards.page import Row
from nightly.labels import load_labels

BATCH_PROJECTS = 15_000
PART_CHARACTERS = 500_000
"""Of a part before it is deflated; it takes up about a fifth of that."""
FINDING_LIMIT = 50
LABEL_SETS = (
    "cannot_judge_reason", "check_code", "consistency_subject", "fund_type", "light",
    "missing_reason", "severity", "stage", "stage_name", "trigger", "verdict",
)
"""Labels that the script of the page needs."""
KEYS = "bureau_code, fiscal_year, project_code"
CHOSEN = "bureau_code in (select unnest($1::varchar[]))"


def hundredths(column: str) -> str:
    """Round to two places and leave the point out, so that a script reads the number exactly.

    Args:
        column: a decimal column, or an expression.

    Returns:
        A SQL expression of type bigint.
    """
    return f"cast(round({column} * 100) as bigint)"


COLUMNS = {
    "project": (
        "project_name", "unit_name", "department_name", "fund_type", "is_new", "is_direct_fund",
        "is_poverty_relief", "is_transfer", "is_confidential", "is_registered", "has_goal",
        "initial_budget_cny", "annual_budget_cny", "goal_amount_cny",
        "_source_file", "_source_sheet", "_source_row",
    ),
    "monitoring": (
        "round_no", "light", "triggers", "verdict", "cannot_judge_reason",
        "budget_cny", "executed_cny", "execution_rate", "goal_completion_rate", "gap",
        "gap_threshold", "_source_file", "_source_sheet", "_source_row",
    ),
    "self_evaluation": (
        "light", "verdict", "cannot_judge_reason", "grade_name", "budget_cny", "executed_cny",
        "execution_rate", "declared_score", "recomputed_score", "score_difference",
        "_source_file", "_source_sheet", "_source_row",
    ),
    "missing": ("stage", "round_no", "reason", "found_in_file"),
    "checks": (
        "check_code", "subject", "earlier_stage", "later_stage", "value_found", "value_expected",
        "verdict", "_source_file", "_source_sheet", "_source_row",
        "expected_source_file", "expected_source_sheet", "expected_source_row",
    ),
    "findings": (
        "severity", "rule_id", "message_zh", "how_to_fix_zh", "value_found", "value_expected",
        "source_cell", "_source_file", "_source_sheet", "_source_row",
    ),
    "indicators": (
        "level1", "level2", "level3", "target_text", "actual_text", "completion_rate",
        "declared_score", "weight", "cannot_judge_reason", "_source_row",
    ),
}
"""What stands in a record, in this order: names are told once, in labels.js."""
MARTS = {
    "project": "marts.fct_project",
    "monitoring": "marts.mart_deviation_flag",
    "self_evaluation": "marts.mart_self_evaluation",
    "missing": "marts.mart_missing_project",
    "checks": "marts.mart_form_consistency",
    "findings": "quality.fct_finding",
    "indicators": "marts.fct_indicator",
}


def _json_of(kind: str) -> str:
    """One JSON array of a row: yuan in cents, rates and scores in hundredths, codes as they are.

    An array put together as text takes the database a third of the time of a list of structs.
    """
    def written(name: str) -> str:
        if name.endswith("_rate") or name.startswith("gap"):
            return hundredths(f"{name} * 100")
        is_number = name.endswith(("_cny", "_score")) or name in ("weight", "score_difference")
        return hundredths(name) if is_number else name

    return f"json_array({', '.join(map(written, COLUMNS[kind]))})"


def _group(kind: str, order: str, condition: str = "true", last: str = "") -> str:
    """Rows of a kind as one text per project."""
    return (
        f"select {KEYS}, string_agg({_json_of(kind)}, ',' order by {order}) as items{last}"
        f" from {MARTS[kind]} where {CHOSEN} and {condition} group by {KEYS}"
    )


SEVERITY_ORDER = "case severity when 'error' then 0 when 'warning' then 1 else 2 end"
RECORD_SQL = f"""
    with flag as ({_group("monitoring", "round_no")}),
    evaluation as ({_group("self_evaluation", "grade_name")}),
    missing as ({_group("missing", "stage, round_no")}),
    consistency as ({_group("checks", "check_code, consistency_id")}),
    counted as (
        select
            *, count(*) over (partition by {KEYS}) as total,
            row_number() over (
                partition by {KEYS} order by {SEVERITY_ORDER}, rule_id, finding_id
            ) as place
        from quality.fct_finding where {CHOSEN} and is_current and project_code is not null
    ),
    finding as (
        select
            {KEYS}, max(total) as total,
            string_agg({_json_of("findings")}, ',' order by place) as items
        from counted where place <= {FINDING_LIMIT} group by {KEYS}
    ),
    sheet as (
        select
            {KEYS}, document_kind, coalesce(round_no, 0) as round_no, _source_file,
            _source_sheet, min(line_no) as first_line_no,
            string_agg({_json_of("indicators")}, ',' order by
                -- one number sorts faster than a number and a text
                cast(line_no as bigint) * 4294967296 + hash(indicator_id) % 4294967296
            ) as lines
        from marts.fct_indicator where {CHOSEN} and project_code is not null
        group by {KEYS}, document_kind, round_no, _source_file, _source_sheet
    ),
    indicator as (
        select
            {KEYS},
            string_agg(
                '[' || json_array(document_kind || ' ' || round_no, _source_file, _source_sheet)
                || ',[' || lines || ']]',
                ',' order by document_kind, round_no, first_line_no, _source_file, _source_sheet
            ) as sheets
        from sheet group by {KEYS}
    ),
    project as (
        select {KEYS}, {_json_of("project")} as head from marts.fct_project
        where {CHOSEN} and (bureau_code, project_code) not in (
            -- a confidential project has no page, in any year
            select (bureau_code, project_code) from marts.fct_project where is_confidential
        )
    )
    select
        bureau_code, fiscal_year, project_code,
        concat(
            '{{"project":', project.head, ',"monitoring":[', flag.items,
            '],"self_evaluation":[', evaluation.items, '],"missing":[', missing.items,
            '],"checks":[', consistency.items, '],"findings":[', finding.items,
            '],"finding_count":', coalesce(finding.total, 0), ',"indicators":[',
            indicator.sheets, ']}}'
        ) as record
    from project
    left join flag using ({KEYS})
    left join evaluation using ({KEYS})
    left join missing using ({KEYS})
    left join consistency using ({KEYS})
    left join finding using ({KEYS})
    left join indicator using ({KEYS})
    order by bureau_code, fiscal_year, project_code
"""


def project_key(fiscal_year: int, code: str) -> str:
    """How a project is found in its bureau's index."""
    return f"{fiscal_year}|{code}"


def project_records(edition: Edition, codes: list[str]) -> Iterator[tuple[str, str, str]]:
    """Everything about every project of some bureaus.

    Args:
        edition: the release.
        codes: of the bureaus.

    Yields:
        Bureau, key and record as JSON, by bureau, fiscal year and code.
    """
    found = edition.con.execute(RECORD_SQL, [codes])
    while rows := found.fetchmany(2048):
        for bureau, fiscal_year, code, record in rows:
            yield bureau, project_key(fiscal_year, code), record


def script_safe(text: str) -> str:
    """JSON that cannot end the script it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace(
        "\u2029", "\\u2029"
    )


def script_json(content: Any) -> str:
    """Write JSON that may stand in a script."""
    return script_safe(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def packed(text: str) -> str:
    """A text deflated and written in letters, as a script can hold it."""
    return b64encode(zlib.compress(text.encode("utf-8", "replace"), 3)).decode("ascii")


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


def label_script() -> str:
    """The labels of codes that stand in records, and the columns of records with their tables."""
    sets: dict[str, dict[str, str]] = {name: {} for name in LABEL_SETS}
    for (label_set, code), name in sorted(load_labels().items()):
        if label_set in sets:
            sets[label_set][code] = name
    columns = {kind: {"mart": MARTS[kind], "columns": COLUMNS[kind]} for kind in COLUMNS}
    return f"jixiaoLabels({script_json(sets)},{script_json(columns)});\n"


def project_scripts(edition: Edition) -> Iterator[tuple[str, Callable[[], str]]]:
    """The data files of all bureaus.

    Args:
        edition: the release.

    Yields:
        File name, and what makes its content: deflating may be done aside.
    """
    yield "labels.js", label_script
    for batch in batches(edition):
        records: dict[str, list[tuple[str, str]]] = {
            bureau["bureau_code"]: [] for bureau in batch
        }
        for code, key, text in project_records(edition, list(records)):
            records[code].append((key, text))
        for bureau in batch:
            yield from bureau_scripts(bureau, records.pop(bureau["bureau_code"]))
        yield from name_scripts(edition, batch)


def name_scripts(
    edition: Edition, bureaus: list[Row]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """The lists of all projects of some bureaus, to find one by name, code or unit.

    Args:
        edition: the release.
        bureaus: their rows of the roster.

    Yields:
        File name, and what makes its content.
    """
    projects: dict[str, list[list[Any]]] = {row["bureau_code"]: [] for row in bureaus}
    for row in edition.ask(
        f"select {KEYS}, project_name, unit_name from marts.fct_project"
        f" where {CHOSEN} and project_code is not null"
        " order by bureau_code, fiscal_year desc, project_code", list(projects),
    ):
        if not row["project_code"]:  # confidential
            continue
        projects[row["bureau_code"]].append([
            row["fiscal_year"], row["project_code"], row["project_name"], row["unit_name"],
        ])
    for bureau in bureaus:
        content = {"name": bureau["bureau_name"], "projects": projects[bureau["bureau_code"]]}
        yield _name_script(bureau["bureau_code"], content)


def _name_script(code: str, content: dict[str, Any]) -> tuple[str, Callable[[], str]]:
    return f"{code}-names.js", lambda: (
        f"jixiaoNames({script_json(code)},"
        f"\"{packed(json.dumps(content, ensure_ascii=False))}\");\n"
    )


def bureau_scripts(
    bureau: Row, records: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """The data files of one bureau: its projects in parts, the index last.

    Args:
        bureau: its row of the roster.
        records: key and JSON of its projects.

    Yields:
        File name, and what makes its content.
    """
    code = bureau["bureau_code"]
    keys: list[list[str]] = []
    texts: list[str] = []
    size = PART_CHARACTERS
    for key, record in records:
        if size + len(record) > PART_CHARACTERS:
            if texts:
                yield _part_script(f"{code}-{len(keys) - 1}", texts)
            keys.append([])
            texts, size = [], 0
        texts.append(f"{json.dumps(key, ensure_ascii=False)}:{record}")
        size += len(record)
        keys[-1].append(key)
    if texts:
        yield _part_script(f"{code}-{len(keys) - 1}", texts)
    index = json.dumps({"name": bureau["bureau_name"], "parts": keys}, ensure_ascii=False)
    yield f"{code}.js", lambda: f"jixiaoIndex({script_json(code)},\"{packed(index)}\");\n"


def _part_script(name: str, texts: list[str]) -> tuple[str, Callable[[], str]]:
    return f"{name}.js", lambda: (
        f"jixiaoPart({script_json(name)},\"{packed('{' + ','.join(texts) + '}')}\");\n"
    )
