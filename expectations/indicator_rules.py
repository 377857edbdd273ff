"""The rules on indicator lines that goals, monitoring and self-evaluations share."""

from __future__ import annotations

from expectations.cell_rules import (
    CELL_ERROR,
    FORMULA,
    MOJIBAKE,
    NAME_CUT,
    NO_VALUE,
    PROMPT_LEFT,
    SCAN_DAMAGE,
    STAND_IN,
)
from expectations.checks import CellRule, Check, ask, checks, either
from expectations.vocabulary import LEVEL1, LEVEL2, OPERATORS, UNITS

LEVEL3_MISSING = CellRule(
    "IND-001", "{cell} is null and target_value is not null and target_value not in " + NO_VALUE
)

# 「指标2：」「……」: a line of the template that nobody filled.
LINE_UNFILLED = CellRule(
    "IND-002",
    "strlen({cell}) <= 24 and regexp_full_match({cell},"
    " '指标\\s*[0-9一二三四五六七八九十]*\\s*[:：.、]?\\s*|[.…。]+|(三级)?指标名称')",
)

_COUNTED_UNITS = tuple(unit for unit in UNITS if unit not in {"无", "-", "—", "/", "无单位"})

# A target may stand in the indicator's name (「发放率（≥95%）」): then there is a number or a sign.
# The number of the indicator (「指标1：」) says nothing of its target.
TARGET_MISSING = CellRule(
    "IND-003",
    "{cell} is null and level3 is not null"
    " and not regexp_matches("
    "regexp_replace(level3, '^指标\\s*[0-9０-９一二三四五六七八九十]*', ''),"
    " '[0-9０-９≥≤≧≦<>＝=]|不少于|不低于|不超过|^\\s*[:：.、]?\\s*$|^[.…/—-]+$|^无$')",
)

TARGET_WITHOUT_NUMBER = CellRule(
    "IND-004",
    "strlen({cell}) <= 12 and {cell} <> '' and regexp_full_match({cell},"
    f" '({either(OPERATORS)})?\\s*({either(_COUNTED_UNITS)})?')",
)

TARGET_STAND_IN = CellRule(
    "IND-005",
    "regexp_full_match({cell}, '待定|待填|待补充|同上|暂无|略')"
    " or (contains({cell}, '**') or contains({cell}, '＊＊') or contains({cell}, 'XX')"
    " or contains({cell}, 'xx') or contains({cell}, '××') or contains({cell}, '★')"
    " or contains({cell}, '？？') or contains({cell}, '??'))"
    " and length({cell}) <= 12 and not regexp_matches({cell}, '[0-9０-９]')",
)

# 290% for ≥90%: a share of a whole cannot be above 100 %.
SHARE_ABOVE_WHOLE = CellRule(
    "IND-006",
    "(ends_with({cell}, '%') or ends_with({cell}, '％') or target_unit in ('%', '％', '百分比'))"
    " and strlen({cell}) >= 4 and not contains({cell}, '100')"
    " and regexp_matches({cell}, '(^|[^0-9.])[1-9][0-9]{2,}(\\.[0-9]+)?\\s*[%％]?$')"
    " and regexp_matches(level3, '(满意|合格|优良|达标|及时|到位|覆盖|知晓|参保|出勤|准确|真实"
    "|合规|签约|入学|治愈|完好|按时|规范|验收|成活|保存)[^，、；]{0,8}(率|度)')"
    " and not regexp_matches({cell}, '[-~～—至]')",
)

DATE_IMPOSSIBLE = CellRule(
    "IND-007",
    "contains({cell}, '月') and regexp_matches({cell},"
    " '年\\s*(1[3-9]|[2-9][0-9]|0|00)\\s*月|[0-9]\\s*月\\s*(3[2-9]|[4-9][0-9]|0|00)\\s*日"
    "|(^|[^0-9])0?2\\s*月\\s*3[01]\\s*日|(^|[^0-9])(0?[469]|11)\\s*月\\s*31\\s*日')",
)

# 44926 under 时效指标: a spreadsheet's number for a day (40000 is in 2009, 49999 in 2036).
DATE_AS_NUMBER = CellRule(
    "IND-020",
    "length({cell}) = 5 and regexp_full_match({cell}, '4[0-9]{4}')"
    " and regexp_matches(level2, '时效|进度')",
)

NUMBER_DAMAGED = CellRule(
    "IND-008",
    "(contains({cell}, '..') or contains({cell}, '%%') or contains({cell}, 'O')"
    " or contains({cell}, 'o') or contains({cell}, 'l') or contains({cell}, '工'))"
    " and regexp_matches({cell}, '[0-9]\\.\\.[0-9]|%%|^[≥≤=<>]*[0-9.]+[OolI][0-9.OolI]*[%％]"
    "|^工[0-9.]+[%％]')",
)

ACTUAL_WITH_OPERATOR = CellRule(
    "IND-009",
    "regexp_full_match({cell}, '\\s*(≥|≤|≧|≦|⩾|⩽|>|<|＞|＜|﹥|﹤|大于|小于|不少于|不低于|不超过"
    "|不高于)\\s*=?\\s*[0-9０-９](?s:.*)')",
)

ACTUAL_IS_THE_SCALE = CellRule(
    "IND-010",
    "strlen({cell}) <= 24 and regexp_full_match({cell},"
    " '(定性)?(优[、/]?良[、/]?中[、/]?(低[、/]?)?差|高[、/]?中[、/]?低|好[、/]?坏)')",
)

ACTUAL_MISSING = CellRule(
    "IND-011", "{cell} is null and target_value is not null and level3 is not null"
)

_PLAIN_WEIGHT = "translate({cell}, '０１２３４５６７８９．分%％()（） 　', '0123456789.')"

WEIGHT_UNREADABLE = CellRule(
    "IND-012",
    f"try_cast({{cell}} as double) is null and {{cell}} not in {NO_VALUE}"
    f" and try_cast({_PLAIN_WEIGHT} as double) is null",
)

WEIGHT_OUT_OF_RANGE = CellRule(
    "IND-013",
    f"coalesce(try_cast({{cell}} as double), try_cast({_PLAIN_WEIGHT} as double))"
    " not between 0 and 100",
)

WEIGHT_CONCENTRATED = CellRule(
    "IND-014",
    f"coalesce(try_cast({{cell}} as double), try_cast({_PLAIN_WEIGHT} as double))"
    " between 60 and 100",
)

SCORE_UNREADABLE = CellRule(
    "IND-015",
    f"try_cast({{cell}} as double) is null and {{cell}} not in {NO_VALUE}"
    f" and try_cast({_PLAIN_WEIGHT} as double) is null",
)

SCORE_OUT_OF_RANGE = CellRule(
    "IND-016",
    f"coalesce(try_cast({{cell}} as double), try_cast({_PLAIN_WEIGHT} as double))"
    " not between 0 and 100",
)

# Full matches, because DuckDB answers those once per distinct text of a dictionary.
LEVEL1_UNKNOWN = CellRule(
    "IND-017",
    f"not regexp_full_match({{cell}}, '{either(LEVEL1)}|(?s:.*)(产出|效益|效果|效应|满意|成本|完成"
    "|决策|管理|过程|投入|效率|履职|运行|可持续)(?s:.*)')",
)

LEVEL2_UNKNOWN = CellRule(
    "IND-018",
    f"not regexp_full_match({{cell}}, '{either(LEVEL2)}|(?s:.*)(数量|质量|时效|进度|成本|经济|社会"
    "|生态|环境|可持续|满意|预算|效益|效果|产出|投入|过程|管理|决策|资金|制度|组织|绩效|立项|执行|影响)"
    "(?s:.*)') and {cell} not in " + NO_VALUE,
)

LEVELS_MISSING = CellRule("IND-019", "{cell} is null and level2 is null and level3 is not null")


def common_checks(*values: str) -> tuple[Check, ...]:
    """Ask what every indicator line is asked.

    Args:
        values: the columns of target, actual and expected values that the table has.

    Returns:
        The checks.
    """
    actuals = tuple(column for column in values if column != "target_value")
    return checks(
        ask(LEVEL3_MISSING, "level3"),
        ask(LINE_UNFILLED, "level3"),
        ask(LEVELS_MISSING, "level1"),
        ask(LEVEL1_UNKNOWN, "level1"),
        ask(LEVEL2_UNKNOWN, "level2"),
        ask(NAME_CUT, "level3"),
        ask(TARGET_MISSING, "target_value"),
        ask(TARGET_WITHOUT_NUMBER, "target_value"),
        ask(TARGET_STAND_IN, *values),
        ask(SHARE_ABOVE_WHOLE, "target_value"),
        ask(DATE_IMPOSSIBLE, *values),
        ask(DATE_AS_NUMBER, *values),
        ask(NUMBER_DAMAGED, *values),
        ask(ACTUAL_WITH_OPERATOR, *actuals),
        ask(ACTUAL_IS_THE_SCALE, *actuals),
        ask(WEIGHT_UNREADABLE, "weight"),
        ask(WEIGHT_OUT_OF_RANGE, "weight"),
        ask(WEIGHT_CONCENTRATED, "weight"),
        ask(MOJIBAKE, "level3", *values),
        ask(FORMULA, "level3", *values),
        ask(CELL_ERROR, "level3", *values),
        ask(PROMPT_LEFT, "level3", *values),
        ask(STAND_IN, "level3"),
        ask(SCAN_DAMAGE, "level3", "target_value"),
    )
