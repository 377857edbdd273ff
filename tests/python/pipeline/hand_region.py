"""A region of three bureaus, small enough to work every figure by hand.

Nothing here uses the project's own code: the files are written with general libraries and the
expected figures are literals, worked from the official formulas (see the comments).
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import xlsxwriter

COUNTY, PREFECTURE, REGION = "650102", "650100", "650000"


def code(bureau: str, letter: str, number: int) -> str:
    return f"{bureau}20{letter}{number:012d}"


P1, P2, P3, P4 = (code(COUNTY, "T", n) for n in (1, 2, 3, 4))
Q1, Q2 = (code(PREFECTURE, "T", n) for n in (1, 2))
R1 = code(REGION, "T", 1)

NAMES = {
    P1: "农村饮水安全巩固提升工程",
    P2: "城镇老旧小区改造直达资金",
    P3: "国有土地收储整治",
    P4: "社区图书室购置",
    Q1: "市级应急物资储备",
    Q2: "市级公共卫生监测",
    R1: "自治区水利工程维护",
}
UNITS = {
    P1: "210001-天山区水务局",
    P2: "212001-天山区住房和城乡建设局",
    P3: "215001-天山区自然资源局",
    P4: "205001-天山区文化和旅游局",
    Q1: "301001-市应急管理局",
    Q2: "302001-市疾病预防控制中心",
    R1: "401001-自治区水利厅",
}

REGISTER_HEADINGS = [
    "预算年度",
    "预算单位",
    "项目编码",
    "项目名称",
    "项目类别",
    "资金性质",
    "年初预算数（万元）",
    "调整后预算数（万元）",
    "项目属性",
    "是否直达资金",
]


def _csv(path: Path, rows: list[list[str]], encoding: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)


def _xlsx(path: Path, sheets: dict[str, list[list]], merges: dict[str, list] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for index, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(index, column, value)  # 「=100%」 is no formula
                elif value != "":
                    sheet.write_number(index, column, value)
        for first_row, first_column, last_row, last_column in (merges or {}).get(name, []):
            text = rows[first_row][first_column]
            sheet.merge_range(first_row, first_column, last_row, last_column, "")
            sheet.write(first_row, first_column, text)
    book.close()


def write_county(inbox: Path) -> None:
    folder = inbox / f"{COUNTY}-天山区"
    _csv(
        folder / "2020" / "部门预算项目清单.csv",
        [
            ["天山区2020年部门预算项目清单"],
            REGISTER_HEADINGS,
            [
                "2020",
                UNITS[P1],
                P1,
                NAMES[P1],
                "特定目标类",
                "一般公共预算资金",
                "100.00",
                "120.00",
                "延续",
                "否",
            ],
            ["2020", UNITS[P2], P2, NAMES[P2], "特定目标类", "111", "50.00", "50.00", "新增", "是"],
            ["2020", UNITS[P3], P3, NAMES[P3], "3", "121", "200", "", "延续", ""],
            ["2020", UNITS[P4], P4, NAMES[P4], "其他运转类", "111", "30", "30", "新增", "否"],
            ["合计", "", "", "", "", "", "380", "", "", ""],
        ],
        "gb18030",
    )
    _xlsx(
        folder / "2020" / "绩效目标.xlsx",
        {
            "项目": [
                ["2020年项目支出绩效目标表", "", "", "", "", ""],
                ["单位：万元", "", "", "", "", ""],
                ["预算单位", "项目编码", "项目名称", "年度资金总额", "年度绩效目标", "审核状态"],
                [UNITS[P1], P1, NAMES[P1], 100, "完成饮水工程改造", "终审"],
                [UNITS[P2], P2, NAMES[P2], 50, "完成小区改造", "终审"],
                [UNITS[P3], P3, NAMES[P3], 200, "完成土地整治", "终审"],
                [UNITS[P4], P4, NAMES[P4], 30, "购置图书", "退回"],
            ],
            "指标": [
                ["项目编码", "项目名称", "一级指标", "二级指标", "三级指标", "指标值", "分值"],
                [P1, NAMES[P1], "产出指标", "数量指标", "改造管网", "≥100个", 50],
                [P1, NAMES[P1], "产出指标", "质量指标", "水质达标率", "≧90%", 50],
                [P2, NAMES[P2], "产出指标", "数量指标", "改造面积完成率", "=100%", 100],
                [P3, NAMES[P3], "产出指标", "数量指标", "整治面积", "不少于400亩", 60],
                [P3, NAMES[P3], "满意度指标", "服务对象满意度指标", "群众满意度", "95%以上", 40],
            ],
        },
    )
    flat = [
        "项目编码",
        "项目名称",
        "预算单位",
        "全年预算数",
        "1-5月执行数",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "分值",
        "1-5月执行情况",
    ]
    # Project cells merged over the indicator rows of the project, money in yuan.
    round_one = [
        ["天山区2020年度项目支出绩效目标执行监控表（1-5月）"] + [""] * 10,
        ["单位：元"] + [""] * 10,
        flat,
        [
            P1,
            NAMES[P1],
            UNITS[P1],
            1200000,
            500000,
            "产出指标",
            "数量指标",
            "改造管网",
            "≥100个",
            50,
            "20个",
        ],
        ["", "", "", "", "", "产出指标", "质量指标", "水质达标率", "≧90%", 50, "45%"],
        [
            P2,
            NAMES[P2],
            UNITS[P2],
            500000,
            200000,
            "产出指标",
            "数量指标",
            "改造面积完成率",
            "=100%",
            100,
            "30%",
        ],
        [
            P3,
            NAMES[P3],
            UNITS[P3],
            2000000,
            200000,
            "产出指标",
            "数量指标",
            "整治面积",
            "不少于400亩",
            60,
            "200亩",
        ],
        [
            "",
            "",
            "",
            "",
            "",
            "满意度指标",
            "服务对象满意度指标",
            "群众满意度",
            "95%以上",
            40,
            "47.5%",
        ],
    ]
    merges = [(3, c, 4, c) for c in range(5)] + [(6, c, 7, c) for c in range(5)]
    _xlsx(folder / "2020" / "5月监控.xlsx", {"监控": round_one}, {"监控": merges})
    headings = [h.replace("1-5月", "1～9月") for h in flat]
    round_two = [
        headings,
        [
            P1,
            NAMES[P1],
            UNITS[P1],
            "1,200,000.00",
            "600,000.00",
            "产出指标",
            "数量指标",
            "改造管网",
            "≥100个",
            "50",
            "70个",
        ],
        [
            P1,
            NAMES[P1],
            UNITS[P1],
            "1,200,000.00",
            "600,000.00",
            "产出指标",
            "质量指标",
            "水质达标率",
            "≧90%",
            "50",
            "63%",
        ],
        [
            P2,
            NAMES[P2],
            UNITS[P2],
            "500,000.00",
            "400,000.00",
            "产出指标",
            "数量指标",
            "改造面积完成率",
            "=100%",
            "100",
            "78%",
        ],
        [
            P3,
            NAMES[P3],
            UNITS[P3],
            "2,000,000.00",
            "600,000.00",
            "产出指标",
            "数量指标",
            "整治面积",
            "不少于400亩",
            "60",
            "良好",
        ],
        [
            P3,
            NAMES[P3],
            UNITS[P3],
            "2,000,000.00",
            "600,000.00",
            "满意度指标",
            "服务对象满意度指标",
            "群众满意度",
            "95%以上",
            "40",
            "较好",
        ],
        ["合计", "", "", "3,700,000.00", "1,600,000.00", "", "", "", "", "", ""],
    ]
    title = [["2020年度项目支出绩效目标执行监控表"], ["金额单位：元"]]
    _csv(folder / "2020" / "9月监控.csv", title + round_two, "utf-16")
    html_rows = "".join(
        "<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>"
        for row in [
            [
                "预算单位",
                "项目编码",
                "项目名称",
                "全年预算数(万元)",
                "全年执行数(万元)",
                "预算执行率",
                "得分",
                "自评结论",
            ],
            [UNITS[P1], P1, NAMES[P1], "120", "115.2", "96%", "92", "优"],
            [UNITS[P2], P2, NAMES[P2], "50", "50", "100%", "78分", "中"],
            [UNITS[P3], P3, NAMES[P3], "200", "60", "30%", "55", "差"],
        ]
    )
    (folder / "2020" / "自评.xls").write_bytes(
        (
            '<html><head><meta charset="gb2312"></head><body><table>'
            '<tr><td colspan="8">2020年度项目支出绩效自评表</td></tr>'
            f"{html_rows}</table></body></html>"
        ).encode("gb18030")
    )


class GbkZipInfo(zipfile.ZipInfo):
    """A member whose name is GBK bytes without the UTF-8 flag, as Windows writes it."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def goal_form(unit: str, name: str, budget: float, lines: list[list]) -> list[list]:
    return [
        ["项目支出绩效目标申报表", "", "", "", ""],
        ["（2020年度）", "", "", "", ""],
        ["项目名称", name, "", "", ""],
        ["主管部门", "乌鲁木齐市某局", "", "实施单位", unit],
        ["项目资金（万元）", "年度资金总额", budget, "", ""],
        ["", "其中：财政拨款", budget, "", ""],
        ["年度总体目标", "保障储备", "", "", ""],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        *lines,
    ]


def write_prefecture(inbox: Path) -> None:
    folder = inbox / f"{PREFECTURE}-乌鲁木齐市本级"
    _csv(
        folder / "2020" / "项目清单.csv",
        [
            REGISTER_HEADINGS,
            ["2020", UNITS[Q1], Q1, NAMES[Q1], "特定目标类", "111", "80", "80", "延续", "否"],
            ["2020", UNITS[Q2], Q2, NAMES[Q2], "特定目标类", "13", "60", "60", "延续", "否"],
        ],
        "utf-8-sig",
    )
    lines = [
        ["", "产出指标", "数量指标", "储备帐篷", "≥500顶"],
        ["", "", "质量指标", "合格率", "100%"],
        ["", "满意度指标", "服务对象满意度指标", "满意度", "≥90%"],
    ]
    book = folder / "目标表.xlsx"
    _xlsx(
        book,
        {
            "物资": goal_form("市应急管理局", NAMES[Q1], 80, lines),
            "卫生": goal_form("市疾病预防控制中心", NAMES[Q2], 60, lines),
        },
        {"物资": [(0, 0, 0, 4), (8, 1, 9, 1)], "卫生": [(0, 0, 0, 4), (8, 1, 9, 1)]},
    )
    archive = folder / "2020绩效目标.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(GbkZipInfo("2020年/绩效目标表.xlsx"), book.read_bytes())
    book.unlink()


def write_region(inbox: Path) -> None:
    folder = inbox / REGION
    _csv(
        folder / "2020" / "项目清单.csv",
        [
            REGISTER_HEADINGS,
            [
                "2020",
                UNITS[R1],
                R1,
                NAMES[R1],
                "特定目标类",
                "111",
                "1,000.50",
                "1,000.50",
                "延续",
                "否",
            ],
        ],
        "utf-8-sig",
    )
    # A Word document under a workbook's name: refused, said, and nobody else is hurt.
    with zipfile.ZipFile(folder / "2020" / "绩效目标.xlsx", "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", "<w:document/>")


def write_inbox(inbox: Path) -> Path:
    """Write the three bureaus' exports below `inbox`."""
    write_county(inbox)
    write_prefecture(inbox)
    write_region(inbox)
    return inbox


# (bureau, stage, round, scope, fund type): due, done, due yuan, done yuan. Goals count the initial
# budget of the register, later stages the adjusted one. P4's goal was returned (退回): not done.
COVERAGE = {
    (COUNTY, "goal", None, "own", "all"): (4, 3, "3800000.00", "3500000.00"),
    (COUNTY, "goal", None, "own", "general"): (3, 2, "1800000.00", "1500000.00"),
    (COUNTY, "goal", None, "own", "government_fund"): (1, 1, "2000000.00", "2000000.00"),
    (COUNTY, "monitoring", 1, "own", "all"): (4, 3, "4000000.00", "3700000.00"),
    (COUNTY, "monitoring", 2, "own", "all"): (4, 3, "4000000.00", "3700000.00"),
    (COUNTY, "self_evaluation", None, "own", "all"): (4, 3, "4000000.00", "3700000.00"),
    (PREFECTURE, "goal", None, "own", "all"): (2, 2, "1400000.00", "1400000.00"),
    (PREFECTURE, "goal", None, "own", "state_capital"): (1, 1, "600000.00", "600000.00"),
    (PREFECTURE, "goal", None, "with_subordinates", "all"): (6, 5, "5200000.00", "4900000.00"),
    (PREFECTURE, "monitoring", 1, "own", "all"): (2, 0, "1400000.00", "0.00"),
    (REGION, "goal", None, "own", "all"): (1, 0, "10005000.00", "0.00"),
    (REGION, "goal", None, "with_subordinates", "all"): (7, 5, "15205000.00", "4900000.00"),
}

# (project, round): execution rate, completion, gap, warned, triggers, verdict.
# P1 round 1: 50/120; (20/100·50 + 45/90·50)/100 = 0.35; pace of completion 0.35/(5/12) = 0.84.
# P1 round 2: 60/120 = 0.5; 0.70; the gap is exactly 0.20 and the rule says «more than».
# P2 is a direct fund: 0.40 against 0.30 is over its 0.05; in round 2 0.80 against 0.78 is not.
# P3: 0.10/(5/12) and 0.30/(9/12) are below 0.60 of the pace; round 2 answers numbers with words.
DEVIATION = {
    (P1, 1): ("0.416667", "0.35", "0.066667", False, set(), "pass"),
    (P1, 2): ("0.5", "0.7", "0.2", False, set(), "pass"),
    (P2, 1): ("0.4", "0.3", "0.1", True, {"GAP"}, "warn"),
    (P2, 2): ("0.8", "0.78", "0.02", False, set(), "pass"),
    (P3, 1): ("0.1", "0.5", "0.4", True, {"LOW_EXECUTION", "GAP"}, "warn"),
    (P3, 2): ("0.3", None, None, True, {"LOW_EXECUTION"}, "warn"),
}

SELF_EVALUATION = {P1: ("92", False, False), P2: ("78", True, False), P3: ("55", True, True)}
