"""The page of release notes: what changed since the last release, and the list behind each."""

from __future__ import annotations

from typing import Any

from dashboards.edition import Edition, stage_title
from dashboards.glossary import table_href
from dashboards.page import (
    BUREAU,
    Card,
    Field,
    Page,
    Row,
    Table,
    bureau_page,
    list_href,
    make_table,
)
from dashboards.release_news import (
    ACCEPTANCE,
    FILINGS,
    FINDINGS,
    MOVES,
    NO_BASE,
    OVERDUE,
    RANKINGS,
    base_line,
    base_words,
    counted,
    decision_lines,
    moved_of,
    of_changes,
    summed,
)
from dashboards.source import written
from nightly.labels import label
from nightly.release_notes import SECTION_ZH, changed_rows

FILE_NAME = "release-notes.html"
NOT_COMPARED = "没有与上一发布比较。"
SLOT_KEYS = ("bureau_code", "document_kind", "fiscal_year", "round_no")
SAME = "各项数字与上一发布相同。"
MOVE_LIMIT = 500


def release_notes_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release, with its changes.

    Returns:
        Its model; where there is nothing to compare with it says so.
    """
    changes = edition.changes
    links = [("发布说明.txt", "../发布说明.txt"), ("changes.json", "../changes.json")]
    if changes is None or changes["is_first"]:
        return Page(
            FILE_NAME, "发布说明", _first_cards(changes),
            [_tables_table(changes)] if changes else [],
            NO_BASE if changes else NOT_COMPARED, links if changes else [],
        )
    known = {row["bureau_code"] for row in edition.bureaus}
    parts = [part for part in (
        _moves_table(changes), _coverage_table(changes), _scores_table(changes),
        _warnings_table(changes), _rankings_table(changes, known), _filings_table(changes),
        _overdue_table(changes), _findings_table(changes), _finding_bureaus_table(changes, known),
        _draws_table(changes), _parameters_table(changes), _tables_table(changes),
    ) if part is not None]
    lead = ["与上一现行发布 ", base_words(changes), "比较。"]
    if not parts:
        lead.append(SAME)
    if changes["not_comparable"]:
        lead.append("未能比较（上一发布或本发布没有所需的表或字段）：" + "、".join(
            SECTION_ZH[name] for name in changes["not_comparable"]
        ) + "。")
    return Page(
        FILE_NAME, "发布说明", _cards(changes), parts, written(*lead), links,
        [base_line(changes), *decision_lines(changes)],
    )


def _first_cards(changes: Row | None) -> list[Card]:
    if changes is None:
        return []
    tables = changes["tables"]
    return [
        Card("本次发布的表", counted(of_changes("tables"), tables), "", "#tables"),
        Card("行数", summed(of_changes("tables"), "row_count_after", tables), "", "#tables"),
    ]


def _cards(changes: Row) -> list[Card]:
    filings, found = changes["filings"], changes["findings"]
    coverage = changed_rows(changes, "coverage")
    overdue, moves = changes["overdue"], changes["moves"]
    new = sum(row["new_count"] for row in found)
    cards = [
        Card("新报送", summed(FILINGS, "new_count", filings),
             written(
                 FILINGS.shows("count", len({row["bureau_code"] for row in filings}),
                               "count(distinct bureau_code)"), " 个财政局；逾期 ",
                 summed(FILINGS, "late_count", filings), " 份，退回 ",
                 summed(FILINGS, "rejected_count", filings), " 份",
             ), "#filings" if filings else ""),
        Card("新出现逾期未报", counted(OVERDUE, overdue), "", "#overdue" if overdue else "",
             "bad" if overdue else ""),
        Card("覆盖率有变化", counted(moved_of("coverage"), coverage), "地(州、市)·环节",
             "#coverage" if coverage else ""),
        Card("名次变动", counted(RANKINGS, changes["rankings"]), "",
             "#rankings" if changes["rankings"] else ""),
        Card("新增问题", summed(FINDINGS, "new_count", found),
             written("消除 ", summed(FINDINGS, "cleared_count", found), " 条"),
             "#findings" if found else "", "bad" if new else ""),
    ]
    if moves:
        acceptance = changes["acceptance"]
        cards.append(Card(
            "超过限度的变动", counted(MOVES, moves),
            written(
                ACCEPTANCE.shows("text", acceptance["accepted_date"], "accepted_date"),
                " 确认发布",
            ) if acceptance else "暂缓发布",
            "#moves", "bad",
        ))
    return cards


def _moves_table(changes: Row) -> Table | None:
    acceptance = changes["acceptance"]
    rows = [
        {
            "text_zh": move["text_zh"],
            "decision": "已确认发布" if acceptance else "暂缓",
            "reason": (acceptance or {}).get("reason"),
            "decided": (acceptance or {}).get("accepted_date"),
        }
        for move in changes["moves"]
    ]
    return make_table(
        "moves", "超过限度的变动与处理",
        [Field("变动", "text_zh"), Field("处理", "decision"), Field("理由", "reason"),
         Field("日期", "decided", "date", of=ACCEPTANCE.asked("accepted_date"))],
        rows, limit=MOVE_LIMIT, source=MOVES.by("text_zh"),
        note="限度见参数 release.*；超过限度的发布要有人用 jixiao release --accept 确认才会上线。",
    ) if rows else None


def _difference(row: Row, name: str) -> float | None:
    before, after = row[f"{name}_before"], row[f"{name}_after"]
    return None if before is None or after is None else after - before


def _coverage_table(changes: Row) -> Table | None:
    rows = [
        {
            **row, "title": stage_title(row["stage"], row["round_no"]),
            "move": (row["coverage_rate_after"], row["coverage_rate_before"]),
        }
        for row in changed_rows(changes, "coverage")
    ]
    return make_table(
        "coverage", "覆盖率（含下级，全部资金）",
        [
            BUREAU, Field("预算年度", "fiscal_year"),
            Field("环节", "title", href=lambda row: list_href(
                bureau_page(row["bureau_code"]), "coverage", 口径="含下级", 环节=row["title"],
            )),
            Field("上次覆盖率", "coverage_rate_before", "rate"),
            Field("本次覆盖率", "coverage_rate_after", "rate"), Field(
                "变化", "move", "points", of="(coverage_rate_after, coverage_rate_before)"),
            Field("上次应/个", "due_before", "count"), Field("本次应/个", "due_after", "count"),
            Field("上次已/个", "done_before", "count"), Field("本次已/个", "done_after", "count"),
        ],
        rows, limit=MOVE_LIMIT, full_list="marts.mart_stage_coverage", term="coverage_rate",
        source=moved_of("coverage").by("fiscal_year", "stage", "round_no", "bureau_code"),
    ) if rows else None


def _scores_table(changes: Row) -> Table | None:
    rows = [
        {**row, "move": _difference(row, "mean_score")} for row in changed_rows(changes, "scores")
    ]
    return make_table(
        "scores", "单位自评平均分（含下级）",
        [
            BUREAU, Field("预算年度", "fiscal_year"),
            Field("上次平均分", "mean_score_before", "score"),
            Field("本次平均分", "mean_score_after", "score"), Field(
                "变化（分）", "move", "score", of="(mean_score_after - mean_score_before)"),
            Field("上次有分/个", "scored_before", "count"),
            Field("本次有分/个", "scored_after", "count"),
        ],
        rows, limit=MOVE_LIMIT, full_list="marts.mart_self_evaluation_statistics",
        term="declared_score", source=moved_of("scores").by("fiscal_year", "bureau_code"),
    ) if rows else None


def _warnings_table(changes: Row) -> Table | None:
    rows = [
        {**row, "title": stage_title("monitoring", row["round_no"])}
        for row in changed_rows(changes, "warnings")
    ]
    return make_table(
        "warnings", "绩效监控预警",
        [
            Field("预算年度", "fiscal_year"),
            Field("监控", "title", href=lambda row: list_href(
                "monitoring.html", "warned", 监控=row["title"]
            )),
            Field("上次预警/个", "warned_before", "count"),
            Field("本次预警/个", "warned_after", "count"),
            Field("上次可判断/个", "judged_before", "count"),
            Field("本次可判断/个", "judged_after", "count"),
        ],
        rows, full_list="lists/预警清单.xlsx", term="is_warned",
        source=moved_of("warnings").by("fiscal_year", "round_no"),
    ) if rows else None


PLACE_SQL = "(coalesce('第 ' || {} || ' 名', '未排名'))"


def _place(rank: int | None) -> str:
    return "未排名" if rank is None else f"第 {rank} 名"


def _rankings_table(changes: Row, known: set[str]) -> Table | None:
    rows = [
        {
            **row, "kind": label("ranking_kind", row["ranking_kind"]),
            "before": _place(row["rank_before"]), "after": _place(row["rank_after"]),
            # a rank that falls in number rises in place
            "move": None if row["rank_before"] is None or row["rank_after"] is None
            else f"{row['rank_before'] - row['rank_after']:+d}",
            "bureau_code": row["object_code"] if row["ranking_kind"] != "unit"
            else row["ranking_bureau_code"],
        }
        for row in changes["rankings"]
    ]
    return make_table(
        "rankings", "名次变动（变动大的在前）",
        [
            Field("工作年度", "work_year"), Field("排名", "kind"), Field("对象", "object_name"),
            Field("财政局", "bureau_name", href=lambda row: bureau_page(row["bureau_code"])
                  if row["bureau_code"] in known else ""),
            Field("上次", "before", of=PLACE_SQL.format("rank_before")),
            Field("本次", "after", of=PLACE_SQL.format("rank_after")),
            Field("升（+）降（-）", "move", of="(printf('%+d', rank_before - rank_after))"),
            Field("上次综合分", "score_before", "score"),
            Field("本次综合分", "score_after", "score"),
        ],
        rows, limit=MOVE_LIMIT, full_list="marts.mart_ranking",
        source=RANKINGS.by("work_year", "ranking_kind", "ranking_bureau_code", "object_code"),
    ) if rows else None


def _with_slot(rows: list[Row]) -> list[Row]:
    return [
        {
            **row,
            "kind": label("document_kind", row["document_kind"]),
            "turn": None if row["round_no"] is None else f"第{row['round_no']}次",
        }
        for row in rows
    ]


def _filings_table(changes: Row) -> Table | None:
    rows = _with_slot(changes["filings"])
    return make_table(
        "filings", "新收的报送",
        [
            BUREAU,
            Field("材料", "kind", href=lambda row: list_href(
                "files.html", "files", 财政局=row["bureau_name"], 材料=row["kind"],
                预算年度=row["fiscal_year"],
            )),
            Field("预算年度", "fiscal_year"), Field("轮次", "turn"),
            Field("新报送", "new_count", "count"), Field("其中逾期", "late_count", "count"),
            Field("其中更正", "corrected_count", "count"),
            Field("其中退回", "rejected_count", "count"),
        ],
        rows, limit=MOVE_LIMIT, full_list="marts.mart_filing_history",
        source=FILINGS.by(*SLOT_KEYS),
        note="点「材料」看收到的文件。",
    ) if rows else None


def _overdue_table(changes: Row) -> Table | None:
    rows = _with_slot(changes["overdue"])
    return make_table(
        "overdue", "新出现的逾期未报",
        [
            Field("财政局", "bureau_name", href=lambda row: list_href(
                "filing.html", "chase", 财政局=row["bureau_name"]
            )),
            Field("材料", "kind"), Field("预算年度", "fiscal_year"), Field("轮次", "turn"),
            Field("期限", "due_date", "date"),
        ],
        rows, limit=MOVE_LIMIT, full_list="lists/催报清单.xlsx", term="chase_reason",
        source=OVERDUE.by(*SLOT_KEYS),
    ) if rows else None


def _findings_table(changes: Row) -> Table | None:
    rows = [
        {**row, "rule": f"{row['rule_id']} {row['rule_name'] or ''}".strip()}
        for row in changes["findings"]
    ]
    return make_table(
        "findings", "问题的新增和消除（按规则）",
        [
            Field("级别", "severity", label_set="severity"),
            Field("规则", "rule", href=lambda row: list_href(
                "quality.html", "rules", 规则=row["rule"]
            ) if row["open_count"] else ""),
            Field("新增", "new_count", "count"), Field("消除", "cleared_count", "count"),
            Field("现有", "open_count", "count"),
        ],
        rows, limit=MOVE_LIMIT, full_list="quality.fct_finding",
        source=FINDINGS.by("rule_id", "severity"),
    ) if rows else None


def _finding_bureaus_table(changes: Row, known: set[str]) -> Table | None:
    rows: list[dict[str, Any]] = [
        {**row, "bureau_name": row["bureau_name"] or "未能确定财政局"}
        for row in changes["finding_bureaus"]
    ]
    return make_table(
        "finding_bureaus", "问题的新增和消除（按财政局）",
        [
            Field("财政局", "bureau_name", href=lambda row: list_href(
                bureau_page(row["bureau_code"]), "findings"
            ) if row["bureau_code"] in known else ""),
            Field("新增", "new_count", "count"), Field("消除", "cleared_count", "count"),
        ],
        rows, limit=MOVE_LIMIT, full_list="quality.fct_finding",
        source=of_changes("finding_bureaus").by("bureau_code"),
    ) if rows else None


def _draws_table(changes: Row) -> Table | None:
    rows = changes["draws"]
    return make_table(
        "draws", "新的抽检",
        [
            Field("抽签", "draw_id", href=lambda row: list_href(
                "sampling.html", "quota", 抽签=row["draw_id"]
            )),
            Field("预算年度", "fiscal_year"),
            Field("抽检对象", "frame_kind", label_set="frame_kind"),
            Field("总体", "frame_count", "count"), Field("抽中", "drawn_count", "count"),
        ],
        rows, full_list="marts.mart_sampling_quota",
        source=of_changes("draws").by("draw_id", "frame_kind", "fiscal_year"),
    ) if rows else None


VERSIONS_SQL = "(coalesce(nullif(array_to_string({}, '、'), ''), '未标'))"


def _parameters_table(changes: Row) -> Table | None:
    rows = [
        {
            **row, "before": "、".join(row["versions_before"]) or "未标",
            "after": "、".join(row["versions_after"]) or "未标",
        }
        for row in changes["parameters"]
    ]
    return make_table(
        "parameters", "参数",
        [
            Field("参数表", "table"),
            Field("上次版本", "before", of=VERSIONS_SQL.format("versions_before")),
            Field("本次版本", "after", of=VERSIONS_SQL.format("versions_after")),
        ],
        rows, source=of_changes("parameters").by('"table" as table'),
        note="版本相同而列在这里的，是内容有变。",
    ) if rows else None


def _tables_table(changes: Row) -> Table | None:
    # at the first release every table is new
    rows = [
        row for row in changes["tables"]
        if changes["is_first"] or row["has_content_changed"]
    ]
    return make_table(
        "tables", "各表行数" if changes["is_first"] else "内容有变的表",
        [
            Field("表", "table", href=lambda row: table_href(row["table"])),
            *([] if changes["is_first"] else [Field("上次行数", "row_count_before", "count")]),
            Field("本次行数", "row_count_after", "count"),
            *([] if changes["is_first"] else [Field("增减", "row_change", "count")]),
        ],
        rows, limit=MOVE_LIMIT,
        source=(of_changes("tables") if changes["is_first"]
                else of_changes("tables").only("has_content_changed")).by('"table" as table'),
        note="" if changes["is_first"] else "增减为 0 的，行数未变而内容有变。",
    ) if rows else None
