"""Statements: every number is worded as published, and opens the rows it was counted from."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from statement_sample import live, make_home

from nightly import statement_document, statement_lists
from nightly.command import main
from nightly.errors import EXIT_NO_RELEASE, EXIT_USAGE, StopError
from nightly.retention import releases_with_uses
from nightly.settings import CODE_ROOT
from nightly.statement import (
    Figure,
    figure_text,
    format_value,
    known_statements,
    read_statement,
    split_text,
    table_rows,
)
from nightly.statement_folder import write_statement
from nightly.workbook import Column

NAME = "xinjiang-2020"
SLUGS = CODE_ROOT / "seeds" / "statements" / "ref_statement_figure.csv"
TEMPLATE = statement_document.make_template(
    {
        "statement": NAME,
        "title": "{region}{work_year}年度情况",
        "sections": [
            {
                "heading": "一、目标",
                "paragraphs": [
                    "共{S0-09.project_count}，金额{S0-09.amount}，其中本级{S0-09.project_count:tier_1}"
                    "、下级{S0-09.project_count:lower}，覆盖率{S0-09.project_rate}。",
                    "名次{S0-34.rank}，{S0-34.band}；得分{S0-36.mean_score}；{S0-99.nothing:tier_3}，{next_year}年。",
                ],
            }
        ],
        "sign_off": ["{as_of}"],
    }
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def statement(home):
    return read_statement(live(home), NAME, 2020)


@pytest.fixture(scope="module")
def folder(home, statement, tmp_path_factory):
    path = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement_document, "load_template", lambda name: TEMPLATE)
        made = write_statement(statement, live(home), path)
    assert made.missing == ("S0-36.mean_score", "S0-99.nothing:tier_3")
    return path


def sheet_rows(path):
    page = openpyxl.load_workbook(path).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()], page


# --- wording ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "places", "text"),
    [
        ("28443", "个", 0, "28,443"),
        ("1675", "亿元", 0, "1,675.00"),
        ("497578.64", "万元", 2, "497,578.64"),
        ("8.109", "%", None, "8.11"),
        ("8.105", "%", 2, "8.11"),  # half up, as accountants round
        ("94", "分", None, "94"),
        ("91.83333", "分", None, "91.83"),
        ("91.83333", "分", 1, "91.8"),
        ("-0.001", "%", 2, "0.00"),
        ("-12345", "个", 0, "-12,345"),
        (None, "个", 0, "（无数据）"),
    ],
)
def test_numbers_are_written_as_statements_do(value, unit, places, text):
    assert format_value(None if value is None else Decimal(value), unit, places) == text


def test_registered_numbers_say_so(statement):
    assert figure_text(statement.find("S0-34", "rank")) == "15位（登记数，非计算）"
    assert figure_text(statement.find("S0-09", "project_count")) == "3个"
    assert figure_text(statement.find("S0-36", "mean_score")) == "（无数据）"


def test_dates_are_written_in_chinese(statement):
    due = replace(statement.figures[0], value=None, value_text="2023-02-28", unit_zh="日期")
    assert figure_text(due) == "2023年2月28日"


def test_splits_are_named_in_the_words_of_the_jurisdiction(statement):
    assert split_text("all", statement.tiers_zh) == "全域"
    assert split_text("tier_1", statement.tiers_zh) == "自治区本级"
    assert split_text("lower", statement.tiers_zh) == "下级"
    assert split_text("tier_2", {1: "省本级"}) == "tier_2"


def test_table_has_the_source_of_every_number(statement):
    rows = table_rows(statement)
    assert rows[0] == (
        "S0-09", "已报绩效目标的项目", "全域", "3", "个", "计算", "marts.fct_project",
    )
    assert rows[1][3:5] == ("1,237.57", "万元")
    assert rows[-3][3:] == ("15", "位", "登记", "")
    assert rows[-2][3:] == ("良好", "档", "登记", "")
    assert rows[-1][3:] == ("（无数据）", "分", "不能计算", "")


# --- the command --------------------------------------------------------------------------------


def test_command_prints_the_newest_year(home, capsys):
    assert main(["statement", NAME, "--home", str(home.root), "--format", "table"]) == 0
    shown = capsys.readouterr().out
    assert "2021年度" in shown and "7.00" in shown
    assert not home.reports.exists()
    argv = ["statement", NAME, "--home", str(home.root), "--format", "table", "--year", "2020"]
    assert main(argv) == 0
    shown = capsys.readouterr().out
    assert "1,237.57" in shown and "marts.fct_project" in shown


@pytest.mark.parametrize(
    ("argv", "message", "next_step"),
    [
        (["mars-2020"], "没有叫作 mars-2020", "xinjiang-2020"),
        (["zhejiang-2021"], "浙江省的情况说明，而现行发布是新疆维吾尔自治区的", "--home"),
        ([NAME, "--year", "2035"], "没有 2035 年度", "2020、2021"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(home, capsys, argv, message, next_step):
    assert main(["statement", *argv, "--home", str(home.root)]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert message in said and "下一步：" in said and next_step in said


def test_without_release_or_table(tmp_path, capsys):
    assert main(["statement", NAME, "--home", str(tmp_path / "none")]) == EXIT_NO_RELEASE
    assert "还没有发布" in capsys.readouterr().err
    old = make_home(tmp_path / "old", has_figures=False)
    assert main(["statement", NAME, "--home", str(old.root)]) == 1
    assert "没有年度情况说明" in capsys.readouterr().err


def test_command_writes_the_real_template(home, capsys, tmp_path):
    out = tmp_path / "给局长"
    argv = ["statement", NAME, "--home", str(home.root), "--year", "2020", "--out", str(out)]
    assert main(argv) == 0
    assert "未能取得" in capsys.readouterr().out
    written = sorted(path.name for path in out.iterdir())
    assert written == ["lists", "xinjiang-2020-2020.docx", "xinjiang-2020-2020.xlsx"]
    assert releases_with_uses(home) == {live(home).release_id: f"情况说明 {NAME}-2020"}


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_command_writes_one_form_where_statements_stand(tmp_path, form):
    home = make_home(tmp_path)
    argv = ["statement", NAME, "--home", str(home.root), "--year", "2021", "--format", form]
    assert main(argv) == 0
    folder = home.reports / "statements" / "xinjiang-2020-2021"
    assert sorted(path.name for path in folder.iterdir()) == [
        "lists", f"xinjiang-2020-2021.{form}",
    ]
    assert sorted(path.name for path in (folder / "lists").iterdir()) == [
        "S0-09_amount.xlsx", "S0-09_project_count.xlsx",
    ]


# --- the document -------------------------------------------------------------------------------


def links(document):
    related = document.part.rels
    return {
        relation.target_ref for relation in related.values() if relation.is_external
    }


def test_document_holds_the_numbers_and_links(folder, statement):
    document = Document(folder / "xinjiang-2020-2020.docx")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "新疆维吾尔自治区2020年度情况" in text
    assert "共3个，金额1,237.57万元，其中本级2个、下级1个，覆盖率75.00%。" in text
    assert "名次15位（登记数，非计算），良好（登记数，非计算）；" in text
    assert "得分（无数据）；（无数据），2021年。" in text
    assert "2021年3月1日" in text
    after = text.split("未能取得的数字")[1]
    assert "S0-36.mean_score　财政运行综合得分（全域）：没有报送财政运行指标。" in after
    assert "S0-99.nothing:tier_3：本年度没有这个数字。" in after
    targets = links(document)
    assert "lists/S0-09_project_count_tier_1.xlsx" in targets
    assert all((folder / target).is_file() for target in targets)


def test_every_number_is_linked_to_its_own_list(folder):
    document = Document(folder / "xinjiang-2020-2020.docx")
    by_relation = {key: item.target_ref for key, item in document.part.rels.items()}
    found = [
        ("".join(link.xpath(".//w:t/text()")), by_relation[link.rId])
        for link in document.element.body.xpath(".//w:p/w:hyperlink")
    ]
    assert found[:5] == [
        ("3个", "lists/S0-09_project_count.xlsx"),
        ("1,237.57万元", "lists/S0-09_amount.xlsx"),
        ("2个", "lists/S0-09_project_count_tier_1.xlsx"),
        ("1个", "lists/S0-09_project_count_lower.xlsx"),
        ("75.00%", "lists/S0-09_project_rate.xlsx"),
    ]


def test_annex_has_every_number(folder, statement):
    table = Document(folder / "xinjiang-2020-2020.docx").tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["条目", "内容", "全域", "自治区本级", "下级", "单位", "依据"]
    assert rows[1] == ["S0-09", "已报绩效目标的项目", "3", "2", "1", "个", "计算"]
    assert rows[2][2:5] == ["1,237.57", "1,235.57", "2.00"]
    assert rows[-2][2:] == ["良好", "", "", "档", "登记"]
    assert rows[-1][2:] == ["（无数据）", "", "", "分", "不能计算"]
    assert len(rows) == 1 + len({(item.item_code, item.figure) for item in statement.figures})


def test_same_release_same_bytes(folder, home, statement, tmp_path):
    shutil.copytree(folder, tmp_path / "first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement_document, "load_template", lambda name: TEMPLATE)
        write_statement(statement, live(home), tmp_path / "second")
    first = {p.relative_to(tmp_path / "first"): p for p in (tmp_path / "first").rglob("*.*")}
    second = {p.relative_to(tmp_path / "second"): p for p in (tmp_path / "second").rglob("*.*")}
    assert set(first) == set(second)
    assert all(path.read_bytes() == second[name].read_bytes() for name, path in first.items())
    core = Document(folder / "xinjiang-2020-2020.docx").core_properties
    assert core.created.date() == core.modified.date() == date(2021, 3, 1)


def test_braces_that_are_no_placeholders_are_refused():
    content = {"statement": "x", "title": "t", "sections": []}
    for bad in ("{S0-09}", "{S0-09.Count}", "{nonsense}", "{", "共{S0-09.a:}个"):
        with pytest.raises(ValueError, match="x："):
            statement_document.make_template({**content, "title": bad})


# --- lists --------------------------------------------------------------------------------------


def test_list_rows_are_the_number(folder, statement):
    for figure in statement.figures:
        if not figure.has_list:
            continue
        rows, _ = sheet_rows(folder / "lists" / f"{statement_lists.list_name(figure)}.xlsx")
        body = rows[3 : next(n for n, row in enumerate(rows) if row[0] == "合计")]
        if figure.figure.endswith("_count"):
            assert len(body) == figure.value
        if figure.figure == "amount":
            place = rows[2].index("绩效目标金额")
            assert sum(row[place] for row in body) == pytest.approx(float(figure.value))


def test_list_reads_like_a_list_of_the_bureau(folder):
    rows, page = sheet_rows(folder / "lists" / "S0-09_project_count_tier_1.xlsx")
    assert rows[0][0] == "2020年度 S0-09 已报绩效目标的项目、绩效目标金额（自治区本级）清单"
    assert rows[1][-1] == "截至 2021-03-01　单位：万元"
    assert rows[2] == [
        "财政区划代码", "财政部门所在地区全称", "级次", "级次（tier_no）", "预算年度",
        "project_code", "项目名称", "资金类型", "is_goal_due", "is_goal_done", "绩效目标金额",
        "目标日期", "是否涉密",
    ]
    assert rows[3][2:5] == ["自治区本级", "1", "2020"]
    assert rows[3][7] == "一般公共预算"
    assert rows[3][8:] == ["是", "是", 1234.56789, "2020-05-31", "否"]
    assert rows[5][0] == "合计" and rows[5][10] == pytest.approx(1235.56789)
    notes = [row[0] for row in rows[6:]]
    assert "S0-09.amount:tier_1　绩效目标金额（自治区本级）：1,235.57万元" in notes
    assert "其中涉密项目 1 个，不列名，行数和合计中包含。" in notes
    assert rows[4][6] == "涉密项目 1 个，不列名" and rows[4][10] == 1
    assert "道路维护" not in str(rows) and "P2" not in str(rows)
    assert page.freeze_panes == "A4"


def test_text_that_would_be_a_formula_stays_text(folder):
    for path in (folder / "lists").glob("*.xlsx"):
        _, page = sheet_rows(path)
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    rows, _ = sheet_rows(folder / "lists" / "S0-09_project_count.xlsx")
    assert {row[6] for row in rows[3:6]} == {
        "=cmd|'/c calc'!A1", "+污水处理", "涉密项目 1 个，不列名",
    }


def test_nothing_behind_a_zero_is_an_empty_list(folder):
    rows, _ = sheet_rows(folder / "lists" / "S0-09_refused_count.xlsx")
    assert rows[3][0] == "合计" and rows[4][0].startswith("共 0 行")


def test_a_list_too_long_for_excel_has_a_csv_beside(home, statement, tmp_path):
    statement_lists.write_drill_lists(statement, live(home).database, tmp_path, row_limit=2)
    rows, _ = sheet_rows(tmp_path / "S0-09_project_count.xlsx")
    assert rows[5][0] == "合计"
    assert any("只列前 2 行" in str(row[0]) for row in rows)
    with (tmp_path / "S0-09_project_count.csv").open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    assert len(lines) == 4
    assert lines[0][10] == "绩效目标金额（元）" and lines[1][10] == "12345678.90"
    assert {line[6] for line in lines[1:]} == {
        "'=cmd|'/c calc'!A1", "'+污水处理", "涉密项目 1 个，不列名",
    }
    assert not (tmp_path / "S0-09_project_count_tier_1.csv").exists()


def test_only_lists_of_an_earlier_run_are_removed(home, statement, tmp_path):
    for name in ("S0-01_old_count.xlsx", "S0-01_old_count.csv", "我的笔记.xlsx"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    statement_lists.write_drill_lists(statement, live(home).database, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert "我的笔记.xlsx" in names and not any("old" in name for name in names)
    assert not any(name.startswith(".") for name in names)


def test_a_condition_that_does_not_run_names_its_number(home, statement, tmp_path):
    broken = Figure(
        "S0-01", "task_count", "all", "任务", Decimal(1), "", "个", 0, "computed", 2020,
        "fct_project", "no_such_column = 1", "", "",
    )
    other = replace(statement, figures=(broken,))
    with pytest.raises(StopError, match=r"S0-01\.task_count"):
        statement_lists.write_drill_lists(other, live(home).database, tmp_path)


def test_table_of_numbers_opens_the_lists(folder):
    rows, page = sheet_rows(folder / "xinjiang-2020-2020.xlsx")
    assert rows[2] == [column.heading for column in statement_lists.FIGURE_COLUMNS]
    assert rows[3][:6] == ["S0-09", "已报绩效目标的项目", "全域", 3, "个", "计算"]
    assert page["D4"].number_format == "#,##0" and page["D5"].number_format == "#,##0.00"
    assert page["D5"].value == pytest.approx(1237.56789)
    targets = {cell.hyperlink.target for row in page.iter_rows() for cell in row if cell.hyperlink}
    assert page["D4"].hyperlink.target == page["H4"].hyperlink.target
    assert all((folder / target).is_file() for target in targets)
    assert rows[11][3] == 15 and page["D12"].hyperlink is None
    assert rows[12][3] == "良好" and rows[13][3] == "（无数据）"


def test_headings_are_the_first_words_of_a_description():
    heading = statement_lists.heading_text
    assert heading("a", "是否报送人大（真假；未填为假）") == "是否报送人大"
    assert heading("a", "等级：excellent 优") == "等级"
    assert heading("a", "全年预算数（元），有调整的为调整后预算数") == "全年预算数"
    assert heading("a", "阈值（执行率÷（月份÷12））") == "阈值"
    assert heading("a_count", None) == "a_count"


def test_kinds_follow_names_and_types():
    described = [
        ("a_cny", "DECIMAL(20,2)", "金额"), ("n_count", "BIGINT", "数"),
        ("x_rate", "DECIMAL(18,10)", "率"), ("total_score", "DECIMAL(9,4)", "分"),
        ("work_year", "INTEGER", "年"), ("a_date", "DATE", "日"),
        ("tier", "VARCHAR", "级次"), ("other", "VARCHAR", "级次"), ("has_x", "BOOLEAN", "有无"),
    ]
    columns = statement_lists.list_columns(described)
    assert [column.kind for column in columns] == [
        "money", "count", "rate", "score", "text", "date", "text", "text", "text",
    ]
    assert [column.is_total for column in columns[:3]] == [True, True, False]
    assert columns[6] == Column("级次", "text", 16, label_set="tier")
    assert columns[7].heading == "级次（other）"


# --- templates of the five statements -----------------------------------------------------------


@pytest.mark.parametrize("name", sorted(known_statements()))
def test_template_parses(name):
    template = statement_document.load_template(name)
    assert template.statement == name and template.sections and template.sign_off
    assert template.references()


@pytest.mark.skipif(not SLUGS.is_file(), reason="the list of figures is not there")
@pytest.mark.parametrize("name", sorted(known_statements()))
def test_template_names_only_known_figures(name):
    with SLUGS.open(encoding="utf-8", newline="") as handle:
        known = {
            (row["item_code"], row["figure"]): row["split_kind"]
            for row in csv.DictReader(handle)
            if row["statement"] == name
        }
    references = statement_document.load_template(name).references()
    assert {(item, figure) for item, figure, _ in references} <= set(known)
    assert all(
        split == "all" or known[item, figure] == "tier" for item, figure, split in references
    )
    assert {item for item, _ in known} == {item for item, _, _ in references}


@pytest.mark.parametrize("name", sorted(known_statements()))
def test_templates_hold_no_published_numbers(name):
    template = statement_document.load_template(name)
    for text in template.texts():
        assert " " not in text
        plain = statement_document.PLACEHOLDER.sub("", text)
        assert not re.search(r"\d", plain), plain


def test_templates_are_package_data():
    assert {path.stem for path in Path(statement_document.TEMPLATES).glob("*.yml")} == set(
        known_statements()
    )
