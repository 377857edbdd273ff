"""The workbooks of a draw: one list per bureau and one overview, repeatable from the record."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from nightly import draw_ticket
from nightly.confidential import UNNAMED, Keys, confidential_keys
from nightly.draw import Draw, FrameRow, check_frame
from nightly.errors import EXIT_USAGE, StopError
from nightly.labels import label
from nightly.release import Release, open_release
from nightly.workbook import Column, ListWorkbook

RANDOM_COLUMNS = (
    Column("序号", "count", 6),
    Column("抽取方式", width=12, label_set="selection_method"),
    Column("预算单位", width=28),
    Column("项目编码", width=24),
    Column("项目名称", width=36),
    Column("预算金额", "money", 16, is_total=True),
    Column("票号（sha256 前 16 位）", width=20),
    Column("推荐理由", width=30),
    Column("是否候补", width=10),
)
OVERVIEW_COLUMNS = (
    Column("财政区划代码", width=13),
    Column("财政部门", width=22),
    Column("应有项目数", "count", 12, is_total=True),
    Column("应抽数", "count", 10, is_total=True),
    Column("实抽数", "count", 10, is_total=True),
    Column("实抽比例", "rate", 10, rate_of=("实抽数", "应有项目数")),
    Column("抽中金额", "money", 16, is_total=True),
    Column("另有推荐项目数", "count", 14, is_total=True),
)


def bureau_names(release: Release | None) -> dict[str, str]:
    """Names of bureaus, from the live release where there is one.

    Args:
        release: the release to read.

    Returns:
        Name by code.
    """
    if release is None:
        return {}
    con = open_release(release.database)
    try:
        return dict(
            con.execute(
                "select bureau_code, max_by(bureau_name, valid_from) from marts.dim_bureau"
                " group by bureau_code"
            ).fetchall()
        )
    finally:
        con.close()


def confidential_projects(release: Release | None) -> Keys:
    """Projects that a draw's lists do not name, from the live release where there is one.

    Args:
        release: the release to read.

    Returns:
        Bureau and project code of each.
    """
    if release is None:
        return ()
    con = open_release(release.database)
    try:
        return confidential_keys(con)
    finally:
        con.close()


def write_draw_lists(draw: Draw, names: dict[str, str], confidential: Keys = ()) -> Path:
    """Write the workbooks of a revealed draw.

    Args:
        draw: the draw.
        names: bureau names by code.
        confidential: projects that are listed without what names them.

    Returns:
        The folder `lists/` of the draw.

    Raises:
        StopError: the seed is not known yet, or the frame is not the published one.
    """
    if not draw.is_revealed:
        raise StopError(
            f"{draw.draw_id} 的种子还没有公布，还没有名单。",
            f"先运行 jixiao draw reveal {draw.draw_id} --seed … --seed-source …。",
            EXIT_USAGE,
        )
    frame_record, seed_record = draw.frame_record(), draw.reveal_record()
    rows = {row.key: _as_shown(row, confidential) for row in check_frame(draw)}
    tickets: dict[str, list[draw_ticket.Ticket]] = defaultdict(list)
    for ticket in draw_ticket.rank(seed_record["seed"], frame_record["rate"], rows):
        tickets[ticket.bureau_code].append(ticket)
    as_of = date.fromisoformat(seed_record["revealed_at"])
    draft, final = draw.path / ".tmp-lists", draw.path / "lists"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    kind = f"{frame_record['fiscal_year']}年度{label('frame_kind', frame_record['frame_kind'])}"
    notes = _notes(frame_record, seed_record)
    overview = []
    for bureau, ranked in sorted(tickets.items()):
        name = names.get(bureau, bureau)
        listed = bureau_rows(ranked, rows)
        safe = "".join(sign for sign in name if sign.isalnum())
        with ListWorkbook(draft / f"{bureau}-{safe}-抽检清单.xlsx", as_of) as book:
            book.add_list(
                "抽检清单", f"{name}{kind}抽检清单", RANDOM_COLUMNS, listed, notes=notes
            )
        overview.append(_overview_row(bureau, name, ranked, rows))
    with ListWorkbook(draft / "000-抽检汇总.xlsx", as_of) as book:
        book.add_list(
            "抽检汇总", f"{kind}抽检汇总表", OVERVIEW_COLUMNS, overview, notes=notes,
            has_total=True,
        )
    shutil.rmtree(final, ignore_errors=True)
    os.rename(draft, final)
    return final


def _as_shown(row: FrameRow, confidential: Keys) -> FrameRow:
    if (row.bureau_code, row.project_code) not in confidential:
        return row
    # the ticket stays: by it the one who may know the project checks the draw
    return replace(
        row, project_code="", project_name=UNNAMED, unit_name="", recommend_reason=""
    )


def bureau_rows(
    ranked: list[draw_ticket.Ticket], rows: dict[tuple[str, int, str], FrameRow]
) -> list[list[object]]:
    """Lines of a bureau's list: drawn, first spare, then recommended picks beside them.

    Args:
        ranked: the bureau's tickets by rank.
        rows: the frame by key.

    Returns:
        Values in the order of `RANDOM_COLUMNS`.
    """
    drawn = [ticket for ticket in ranked if ticket.is_drawn]
    spares = [ticket for ticket in ranked if not ticket.is_drawn][:1]
    chosen = {ticket.project_code for ticket in drawn}
    recommended = [
        ticket for ticket in ranked
        if rows[_key(ticket)].is_recommended and ticket.project_code not in chosen
    ]
    lines = [(ticket, "random", "") for ticket in drawn]
    lines += [(ticket, "random", "第一候补") for ticket in spares]
    lines += [
        (ticket, "recommended", "")
        for ticket in sorted(recommended, key=lambda ticket: ticket.project_code)
    ]
    return [
        [
            number, method, row.unit_name, row.project_code, row.project_name,
            Decimal(row.amount_cny) if row.amount_cny else None, ticket.ticket[:16],
            row.recommend_reason, spare,
        ]
        for number, (ticket, method, spare) in enumerate(lines, start=1)
        for row in (rows[_key(ticket)],)
    ]


def _key(ticket: draw_ticket.Ticket) -> tuple[str, int, str]:
    return (ticket.bureau_code, ticket.fiscal_year, ticket.project_code)


def _overview_row(
    bureau: str,
    name: str,
    ranked: list[draw_ticket.Ticket],
    rows: dict[tuple[str, int, str], FrameRow],
) -> list[object]:
    drawn = [ticket for ticket in ranked if ticket.is_drawn]
    amount = sum((Decimal(rows[_key(t)].amount_cny or 0) for t in drawn), Decimal(0))
    recommended = sum(
        rows[_key(ticket)].is_recommended and not ticket.is_drawn for ticket in ranked
    )
    return [
        bureau, name, len(ranked), len(drawn), len(drawn),
        Decimal(len(drawn)) / len(ranked), amount, recommended,
    ]


def _notes(frame_record: dict[str, Any], seed_record: dict[str, Any]) -> list[str]:
    return [
        f"抽取编号 {frame_record['draw_id']}；抽取比例 {frame_record['rate']}，"
        "每个财政部门分别计算并向上取整。",
        f"总体冻结于 {frame_record['frozen_at']}，校验值 {frame_record['frame_sha256']}。",
        f"种子 {seed_record['seed']}，来源：{seed_record['seed_source']}"
        f"（{seed_record['revealed_at']}）。",
        frame_record["method_zh"],
        "推荐抽取的项目不是随机抽中的，推算总体情况时不得计入。",
    ]
