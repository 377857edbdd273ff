"""The page of files: every file the numbers came from, and the hash of its bytes."""

from __future__ import annotations

from dashboards.edition import Edition
from dashboards.page import BUREAU, Card, Field, Page, Row, make_table
from dashboards.source import Source, written
from nightly.confidential import confidential_words, without_words

ROW_LIMIT = 20_000


def file_rows(edition: Edition) -> list[Row]:
    """Every filing ever received, as it stands now.

    Args:
        edition: the release.

    Returns:
        Rows by file, those that count before those replaced.
    """
    words = confidential_words(edition.con)
    rows = edition.ask(
        """
        select *, case when superseded_by_filing_id is null then '' else '已由新文件代替' end
            as replaced
        from marts.mart_filing_history
        order by bureau_code, fiscal_year desc, document_kind, round_no nulls first,
            is_live desc, received_date desc, _source_file, filing_id
        """
    )
    return [{**row, "_source_file": without_words(row["_source_file"], words)} for row in rows]


def files_page(edition: Edition) -> Page:
    """Make the page.

    Args:
        edition: the release.

    Returns:
        Its model.
    """
    rows = file_rows(edition)
    received = Source("marts.mart_filing_history").by("filing_id")
    live, replaced, rejected = (received.only(condition) for condition in (
        "is_live", "superseded_by_filing_id is not null", "status = 'rejected'",
    ))
    return Page(
        "files.html", "来源文件",
        [
            Card("收到的文件", received.shows("count", len(rows)),
                 written(received.shows(
                     "count", len({row["bureau_code"] for row in rows} - {None}),
                     "count(distinct bureau_code)"), " 个财政局"), "#files"),
            Card("现在采用", live.shows("count", sum(bool(row["is_live"]) for row in rows)), "",
                 "#files"),
            Card("已被更正代替", replaced.shows("count", sum(
                row["superseded_by_filing_id"] is not None for row in rows
            )), "", "#files"),
            Card("退回", rejected.shows(
                "count", sum(row["status"] == "rejected" for row in rows)), "", "#files"),
        ],
        [
            make_table(
                "files", "来源文件",
                [
                    Field("文件", "_source_file"), BUREAU,
                    Field("材料", "document_kind", label_set="document_kind"),
                    Field("预算年度", "fiscal_year"), Field("轮次", "round_no", of="round_no"),
                    Field("状态", "status", label_set="filing_status"),
                    Field("代替", "replaced"), Field("收到", "received_date", "date"),
                    Field("读入行", "loaded_row_count", "count"),
                    Field("搁置行", "set_aside_row_count", "count"),
                    Field("错误", "error_count", "count"),
                    Field("sha256", "_file_sha256", of="_file_sha256"),
                ],
                rows, limit=ROW_LIMIT, full_list="marts.mart_filing_history",
                source=received,
                note="各页「来源」一栏的文件名链接到这里。原件存放在 landing/blobs/，"
                "以 sha256 的前两位为目录、全部 64 位为文件名，逐字节未改；"
                "打开原件，到所写的工作表和行，即是报送时的单元格。",
            ),
        ],
        "每一个数都来自下列文件中的某一个单元格；sha256 相同即是同一份文件。",
    )
