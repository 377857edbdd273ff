"""The page of filings: who has filed, who owes, who is to be chased."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from dashboards.edition import Edition
from dashboards.page import BUREAU, Card, Chart, Field, Page, Row, bureau_page, make_table
from dashboards.source import among, same, written
from nightly.labels import label

STATUSES = (
    ("filed", "#4f9d69"), ("filed_with_warnings", "#9cc48f"), ("nil_declared", "#8fb3c9"),
    ("expected", "#c9ccd1"), ("superseded", "#c3b6d6"), ("rejected", "#e0a82e"),
    ("late", "#c8453b"),
)
KIND_ORDER = """
    case document_kind when 'project_register' then 1 when 'goal' then 2 when 'monitoring' then 3
        when 'self_evaluation' then 4 else 5 end, document_kind, fiscal_year, round_no
"""
SLOT_KEYS = ("bureau_code", "document_kind", "fiscal_year", "round_no")
STATUS_FIELDS = (
    Field("表", "slot"), Field("状态", "status", label_set="filing_status"),
    Field("期限", "due_date", "date"), Field("收到", "received_at", "date"),
    Field("迟报天数", "days_late", "count"), Field("项目数", "project_count", "count"),
    Field("错误", "error_count", "count"), Field("警告", "warning_count", "count"),
    Field("文件", "_source_file"),
)
CHASE_FIELDS = (
    Field("表", "slot"), Field("原因", "chase_reason", label_set="chase_reason"),
    Field("期限", "due_date", "date"), Field("逾期天数", "overdue_days", "count"),
    Field("应做的事", "required_action_zh"), Field("退回原因", "refused_reason_zh"),
    Field("文件", "_source_file"),
)


def slot(row: Row) -> str:
    """Kind, fiscal year and round in words."""
    name = f"{row['fiscal_year']}年{label('document_kind', row['document_kind'])}"
    return name if row["round_no"] is None else f"{name}（第{row['round_no']}次）"


def slot_is(row: Row) -> str:
    """The condition that a row is of the same kind, fiscal year and round."""
    return " and ".join(same(name, row[name]) for name in SLOT_KEYS[1:])


def with_slot(rows: list[Row]) -> list[Row]:
    """Rows with `slot` in words."""
    return [{**row, "slot": slot(row)} for row in rows]


def filing_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    rows = edition.placed(with_slot(edition.ask(
        f"""
        select * from marts.mart_filing_status where work_year = $1 and is_owed
        order by {KIND_ORDER}, case status when 'late' then 0 when 'rejected' then 1
            when 'expected' then 2 when 'filed_with_warnings' then 3 else 4 end, bureau_code
        """,
        edition.work_year,
    )))
    chase = edition.placed(with_slot(edition.ask(
        f"select * from marts.mart_chase_list where work_year = $1"
        f" order by overdue_days desc nulls last, {KIND_ORDER}, bureau_code",
        edition.work_year,
    )))
    slots = {row["slot"]: slot_is(row) for row in rows}
    counts = Counter((row["slot"], row["status"]) for row in rows)
    statuses = [
        (status, colour) for status, colour in STATUSES
        if any(counts[name, status] for name in slots)
    ]
    filed_count = sum(row["is_filed"] for row in rows)
    by_prefecture = Counter(row["prefecture"] for row in chase)
    heads = [edition.root] + [
        row for row in edition.prefectures if row is not edition.root
    ]
    heads.sort(key=lambda row: -by_prefecture[row["short_name"]])
    heads = [row for row in heads if by_prefecture[row["short_name"]]]
    owed = edition.of_year("marts.mart_filing_status").only("is_owed")
    chased = edition.of_year("marts.mart_chase_list")
    bureaus = "count(distinct bureau_code)"
    return Page(
        "filing.html", "报送与催报",
        [
            Card("应报", owed.shows("count", len(rows)),
                 written(owed.shows("count", len({row["bureau_code"] for row in rows}), bureaus),
                         " 个财政局"), "#status"),
            Card("已报", owed.only("is_filed").shows("count", filed_count),
                 owed.shows("rate", Decimal(filed_count) / len(rows),
                            "count(*) filter (where is_filed)::decimal(38, 10) / count(*)")
                 if rows else "", "#status"),
            *(
                Card(name, owed.only(same("status", status)).shows("count", number), "", "#chase",
                     "bad" if number else "good")
                for name, status in (("逾期未报", "late"), ("已退回", "rejected"))
                for number in [sum(row["status"] == status for row in rows)]
            ),
            Card("催报事项", chased.shows("count", len(chase)),
                 written(chased.shows(
                     "count", len({row["bureau_code"] for row in chase}), bureaus), " 个财政局"),
                 "#chase"),
        ],
        [
            Chart(
                "by_slot", "各表报送状态", "bar", "个",
                [
                    {
                        "name": label("filing_status", status), "stack": "all", "color": colour,
                        "measure": "count(*)", "where": same("status", status),
                        "data": [counts[name, status] for name in slots],
                    }
                    for status, colour in statuses
                ],
                "status", list(slots), "表", "状态", is_horizontal=True, source=owed,
                wheres=list(slots.values()),
            ),
            *(
                [Chart(
                    "by_prefecture", "催报事项（按地州）", "bar", "项",
                    [{"name": "催报事项", "color": "#c8453b", "measure": "count(*)",
                      "data": [by_prefecture[row["short_name"]] for row in heads]}],
                    "chase", [row["short_name"] for row in heads], "地(州、市)",
                    is_horizontal=True, source=chased,
                    wheres=[
                        among("bureau_code", edition.below(row["short_name"])) for row in heads
                    ],
                )] if heads else []
            ),
            make_table(
                "chase", "催报清单",
                [Field("地(州、市)", "prefecture"), BUREAU,
                 Field("催办单位", "chasing_bureau_name",
                       href=lambda row: bureau_page(row["chasing_bureau_code"])
                       if row["chasing_bureau_code"] else ""), *CHASE_FIELDS],
                chase, full_list="lists/催报清单.xlsx", term="chase_reason",
                source=chased.by(*SLOT_KEYS, "chase_reason"),
                empty="没有要催报的事项。",
                note="各地州的催报清单另存 lists/催报清单/，每地一份。",
            ),
            make_table(
                "status", "报送状态",
                [Field("地(州、市)", "prefecture"), BUREAU, *STATUS_FIELDS],
                rows, limit=1000, full_list="lists/报送情况表.xlsx", source=owed.by(*SLOT_KEYS),
            ),
        ],
        f"工作年度 {edition.work_year}；截止日为 {edition.masthead.as_of}。",
    )
