"""The cell rules that several tables share; a rule of one table only stands in that table's file.

Every predicate begins with something cheap (`contains`, `starts_with`, `try_cast`) and asks a
regular expression only of the few cells that get past it: a full year is two million rows.
"""

from __future__ import annotations

from expectations.checks import CellRule, any_of
from expectations.vocabulary import BOOLEANS, REVIEW_STATUSES

NO_VALUE = any_of("-", "--", "－", "—", "——", "/", "\\", "*", "无", "N/A")
"""What bureaus write for 「no value」; a cell that holds it is blank, not wrong."""

# ---- identity of the project

NAME_MISSING = CellRule("CELL-001", "{cell} is null or {cell} in " + NO_VALUE)

CODE_MISSING = CellRule(
    "CELL-002",
    "{cell} is null and _layout = 'list' and project_name is not null"
    " and not regexp_matches(project_name, '^[0-9]{8}[A-Za-z][0-9A-Za-z]{12}')",
)

CODE_SCIENTIFIC = CellRule(
    "CELL-003",
    "length({cell}) < 21 and regexp_full_match({cell}, '[0-9]+(\\.[0-9]+)?[eE]\\+?[0-9]{1,3}')",
)

CODE_DECIMAL = CellRule(
    "CELL-004", "contains({cell}, '.0') and regexp_full_match({cell}, '[0-9]{4,}\\.0+')"
)

CODE_ROUNDED = CellRule(
    "CELL-005",
    "length({cell}) between 17 and 21 and ends_with({cell}, '00')"
    " and regexp_full_match({cell}, '[1-9][0-9]{13,15}0{2,}')",
)

# 21 characters, or a list of them with the name behind; the four rules above say the rest better.
CODE_SHAPE = CellRule(
    "CELL-006",
    "not regexp_full_match({cell}, '[0-9]{8}[A-Z][0-9A-Z]{12}')"
    " and {cell} not in " + NO_VALUE + " and not regexp_full_match("
    "upper(translate({cell}, '０１２３４５６７８９　 ', '0123456789')),"
    " '[\\[【(（]?[0-9]{8}[A-Z][0-9A-Z]{12}([\\])）】 \\-—－_].*)?')"
    " and not regexp_full_match({cell}, '[0-9]+(\\.[0-9]+)?[eE]\\+?[0-9]{1,3}')"
    " and not regexp_full_match({cell}, '[0-9]{4,}\\.0+')"
    " and not regexp_full_match({cell}, '[1-9][0-9]{13,15}0{2,}')",
)

CODE_FULL_WIDTH = CellRule(
    "CELL-007", "strlen({cell}) > length({cell}) and regexp_matches({cell}, '[０-９Ａ-Ｚａ-ｚ]')"
)

UNIT_MISSING = CellRule(
    "CELL-008", "{cell} is null and department_name is null and unit_code is null"
)

NAME_TOO_LONG = CellRule("CELL-009", "strlen({cell}) > 200 and length({cell}) > 200")

# kpi_lv3 30 bytes, project name 30 characters in some product tables: cut inside a bracket.
NAME_CUT = CellRule(
    "CELL-010",
    "strlen({cell}) in (30, 45, 90)"
    " and (contains({cell}, '（') or contains({cell}, '('))"
    " and not contains({cell}, '）') and not contains({cell}, ')')",
)

# ---- damage to text

MOJIBAKE = CellRule(
    "CELL-020",
    "contains({cell}, '\ufffd') or contains({cell}, '锟斤拷')"
    # 绩效, 项目, 指标, 资金, 完成, 服务, 目标 in UTF-8, read as GBK
    " or contains({cell}, '缁╂') or contains({cell}, '椤圭洰') or contains({cell}, '鎸囨爣')"
    " or contains({cell}, '璧勯噾') or contains({cell}, '瀹屾垚') or contains({cell}, '鏈嶅姟')"
    " or contains({cell}, '鐩爣')"
    " or (starts_with({cell}, '????') and length({cell}) > 8"
    " and regexp_full_match({cell}, '[?]+'))"
    " or (unicode({cell}) between 161 and 255"
    " and regexp_matches({cell}, '[\\x{A1}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{FF}]{4}'))",
)

FORMULA = CellRule(
    "CELL-021",
    "(starts_with({cell}, '=') or starts_with({cell}, '+') or starts_with({cell}, '@'))"
    " and regexp_matches({cell},"
    " '^[=+@]\\s*([A-Za-z]{2,}[0-9.]*\\(|[A-Za-z]+\\|"
    "|\\$?[A-Z]{1,3}\\$?[1-9][0-9]*\\s*([-+*/:,)]|$)|[^!]{1,40}![$A-Z])')",
)

CELL_ERROR = CellRule(
    "CELL-022",
    "starts_with({cell}, '#') and regexp_full_match({cell},"
    " '#(REF!|DIV/0!|N/A|VALUE!|NAME\\?|NULL!|NUM!|SPILL!|CALC!|#{2,})')",
)

PROMPT_LEFT = CellRule(
    "CELL-023",
    "(contains({cell}, '字以内') and length({cell}) <= 30"
    " and regexp_matches({cell}, '[0-9]{2,4}\\s*个?字以内'))"
    " or (starts_with({cell}, '请') and length({cell}) <= 40"
    " and regexp_matches({cell}, '^请[^，。]{0,24}(填写|填报|填列|描述|选择)'))"
    " or contains({cell}, '表头行请不要修改')",
)

STAND_IN = CellRule(
    "CELL-024",
    "length({cell}) <= 8 and regexp_full_match(upper({cell}),"
    " '[XＸ×*＊★?？]{2,}(项目|单位|指标|局)?|测试(项目|数据)?[0-9]*|TEST[0-9]*"
    "|待定|待填|待补充|同上|示例|样例')",
)

SCAN_DAMAGE = CellRule(
    "CELL-025",
    "contains({cell}, '万兀') or contains({cell}, '项Fl') or contains({cell}, '曰标')",
)

# ---- amounts; the block's unit is in _money_unit, an amount without one cannot be judged

_PLAIN_AMOUNT = "translate({cell}, '０１２３４５６７８９．－，,￥¥　 ', '0123456789.-')"
_YUAN_FACTOR = "case _money_unit when '元' then 1 when '万元' then 1e4 when '亿元' then 1e8 end"
_YUAN = f"try_cast(replace({{cell}}, ',', '') as double) * ({_YUAN_FACTOR})"

AMOUNT_MISSING = CellRule("CELL-030", "{cell} is null or {cell} in " + NO_VALUE)

AMOUNT_UNREADABLE = CellRule(
    "CELL-031",
    "{cell} is not null and not coalesce(isfinite(try_cast({cell} as double)), false)"
    " and {cell} not in " + NO_VALUE + f" and not regexp_full_match({_PLAIN_AMOUNT},"
    " '[(（]?[-+−]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,2})?[)）]?"
    "([(（]?(元|万元|亿元|万|亿)[)）]?)?')",
)

AMOUNT_NEGATIVE = CellRule(
    "CELL-032",
    "(starts_with({cell}, '-') or starts_with({cell}, '－') or starts_with({cell}, '−')"
    " or starts_with({cell}, '(') or starts_with({cell}, '（'))"
    " and regexp_full_match({cell}, '[-－−(（]\\s*[0-9０-９.,，]*[1-9１-９][0-9０-９.,，]*\\s*"
    "(元|万元|亿元|万|亿)?[)）]?')",
)

# One project of a county or prefecture above 10 billion yuan, of the region above 100 billion.
AMOUNT_HUGE = CellRule(
    "CELL-033",
    f"strlen({{cell}}) > 2 and {_YUAN} >="
    " case when substr(_filing_id, 3, 4) = '0000' then 1e11 else 1e10 end",
)

# A whole year's budget of a project below 100 yuan: 万元 written in a column of 元.
AMOUNT_TINY = CellRule("CELL-034", f"_money_unit = '元' and {_YUAN} > 0 and {_YUAN} < 100")

AMOUNT_OTHER_UNIT = CellRule(
    "CELL-035",
    "try_cast({cell} as double) is null and _money_unit is not null"
    " and regexp_matches({cell}, '^[0-9０-９.,，]+\\s*(元|万元|亿元|万|亿)$')"
    " and case regexp_extract({cell}, '(万元|亿元|元|万|亿)$', 1)"
    " when '万' then '万元' when '亿' then '亿元'"
    " else regexp_extract({cell}, '(万元|亿元|元|万|亿)$', 1) end <> _money_unit",
)

# ---- execution rate: 95.8%, 0.958, 95.8 and 1 are all ways it is printed

_PLAIN_RATE = "translate({cell}, '０１２３４５６７８９．－％﹪%　 ,，', '0123456789.-')"

RATE_UNREADABLE = CellRule(
    "CELL-040",
    f"try_cast({{cell}} as double) is null and {{cell}} not in {NO_VALUE}"
    f" and try_cast({_PLAIN_RATE} as double) is null",
)

RATE_OUT_OF_RANGE = CellRule(
    "CELL-041", f"try_cast({_PLAIN_RATE} as double) not between 0 and 100"
)

# A project's rate above 100 % that follows from spending above the budget is told there (QC-006).
_PLAIN_NUMBER = "try_cast(regexp_replace({0}, '[^0-9.-]', '', 'g') as double)"
_BUDGET = _PLAIN_NUMBER.format("coalesce(adjusted_budget, annual_budget, initial_budget)")

PROJECT_RATE_OUT_OF_RANGE = CellRule(
    "CELL-041",
    f"{RATE_OUT_OF_RANGE.fails_when}"
    f" and not coalesce({_BUDGET} > 0 and {_PLAIN_NUMBER.format('executed')} > {_BUDGET}, false)",
)

# ---- status columns of the export

YEAR_UNREADABLE = CellRule(
    "CELL-050", "not regexp_full_match({cell}, '\\s*(19|20)[0-9]{2}(\\.0)?\\s*(年|年度)?\\s*')"
)

STATUS_UNKNOWN = CellRule(
    "CELL-051",
    "trim({cell}) not in "
    + any_of(*REVIEW_STATUSES)
    + " and not regexp_full_match({cell}, '[0-9]{1,3}([-—].*)?') and {cell} not in "
    + NO_VALUE,
)

DELETED_UNKNOWN = CellRule(
    "CELL-052",
    "trim({cell}) not in " + any_of("1", "2", "0", "是", "否", "已删除", "未删除", "正常"),
)

TIME_UNREADABLE = CellRule(
    "CELL-053",
    "try_cast({cell} as timestamp) is null and not regexp_matches({cell},"
    " '^(19|20)[0-9]{2}([-/.年]?(0?[1-9]|1[0-2])([-/.月]?(0?[1-9]|[12][0-9]|3[01])日?)?.*)?$')",
)

YES_NO_UNKNOWN = CellRule(
    "CELL-054",
    "trim({cell}) not in " + any_of(*BOOLEANS) + " and {cell} not in " + NO_VALUE,
)
