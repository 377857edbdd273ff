"""One good row per raw table and, per rule, a cell that must fail it and one that must not."""

from __future__ import annotations

IDENTITY = {
    "fiscal_year": "2020",
    "unit_code": "219001",
    "unit_name": "219001-某县水利局",
    "project_code": "65010220T000000000123",
    "project_name": "农村饮水安全巩固提升工程",
    "is_deleted": "2",
    "updated_at": "2020-05-31",
}

GOOD = {
    "project_register__projects": IDENTITY
    | {
        "project_category": "特定目标类",
        "fund_type": "111-一般公共预算资金",
        "initial_budget": "1,437.50",
        "adjusted_budget": "1500",
        "project_attribute": "新增",
        "is_direct_fund": "否",
        "is_transfer": "√",
    },
    "goal__projects": IDENTITY
    | {
        "budget": "100.00",
        "fiscal_appropriation": "100",
        "other_funds": "—",
        "overall_goal": "目标1：完成管网改造100公里。",
        "review_status": "终审",
    },
    "goal__indicators": {
        "project_code": "65010220T000000000123",
        "level1": "产出指标(50分)",
        "level2": "数量指标",
        "level3": "改造管网长度(≥**公里)",
        "target_value": "≧100公里",
        "weight": "22.5",
    },
    "monitoring__projects": IDENTITY
    | {
        "round": "1～5月",
        "initial_budget": "100",
        "annual_budget": "１２０",
        "executed": "60.5",
        "execution_rate": "0.958",
        "expected_execution": "100",
        "review_status": "011",
    },
    "monitoring__indicators": {
        "project_code": "65010220T000000000123",
        "level1": "满意度指标",
        "level2": "服务对象满意度指标",
        "level3": "群众满意度",
        "target_value": "95%以上",
        "actual_value": "47.5%",
        "weight": "10分",
        "likelihood": "有可能",
    },
    "self_evaluation__projects": IDENTITY
    | {
        "annual_budget": "120",
        "executed": "119.974",
        "execution_rate": "99.98%",
        "execution_score": "10",
        "total_score": "96 优",
        "grade": "优秀",
        "review_status": "审核通过",
        "is_disclosed": "是",
        "weight_total": "100分",
    },
    "self_evaluation__indicators": {
        "project_code": "65010220T000000000123",
        "level1": "效益指标",
        "level2": "社会效益指标",
        "level3": "带动就业",
        "target_value": "效果明显",
        "actual_value": "达成预期指标",
        "weight": "15",
        "score": "14.5",
    },
    "self_evaluation__funds": {
        "label": "其中:当年财政拨款",
        "initial_budget": "120",
        "annual_budget": "120.00",
        "executed": "—",
    },
    "evaluation__records": {
        "evaluated_year": "2019",
        "object_type": "项目",
        "object_code": "65010220T000000000123",
        "object_name": "农村饮水安全巩固提升工程",
        "unit_name": "219001-某县水利局",
        "subject_bureau_name": "阿克苏地区",
        "evaluation_type": "第三方评价",
        "agency_name": "甲咨询公司",
        "amount": "1,234.50",
        "score": "91.5",
        "grade": "优",
        "report_date": "2020年8月1日",
        "is_congress_reported": "否",
    },
    "goal_review__records": {
        "project_code": "65010220T000000000123",
        "project_name": "农村饮水安全巩固提升工程",
        "fund_type": "111-一般公共预算资金",
        "review_type": "财政审核",
        "applied_budget": "497578.64",
        "suggested_budget": "457230.14",
        "cut": "40348.50",
        "issue_count": "3个",
        "review_date": "20200801",
    },
    "training__records": {
        "training_name": "预算绩效管理业务培训",
        "held_date": "2020/5/31",
        "session_count": "2",
        "person_times": "1,204人次",
        "subject_bureau_code": "650100000",
    },
}

UNIT = {
    "fiscal_year": "2020",
    "unit_code": "219001",
    "unit_name": "某县水利局",
    "total_budget": "1,437.50",
    "basic_budget": "1000",
    "project_budget": "437.5",
    "overall_goal": "目标1：保障全县供水。",
    "review_status": "终审",
    "is_deleted": "2",
    "updated_at": "2020-05-31",
}


def of_unit(line: dict) -> dict:
    """An indicator line of a project as one of a unit, in the newer frame of indicators."""
    kept = {name: cell for name, cell in line.items() if name != "project_code"}
    return kept | {"unit_code": "219001", "unit_name": "某县水利局", "level1": "履职效能"}


GOOD |= {
    "overall_goal__units": UNIT | {"fiscal_appropriation": "1437.5", "other_funds": "—"},
    "overall_goal__indicators": of_unit(GOOD["goal__indicators"]),
    "overall_monitoring__units": UNIT
    | {"round": "1～5月", "annual_budget": "1500", "executed": "600", "execution_rate": "40%"},
    "overall_monitoring__indicators": of_unit(GOOD["monitoring__indicators"]),
    "overall_self_evaluation__units": UNIT
    | {
        "annual_budget": "1500",
        "executed": "1499.5",
        "execution_rate": "99.97%",
        "execution_score": "10",
        "total_score": "96 优",
        "grade": "优",
        "is_disclosed": "是",
        "weight_total": "100",
    },
    "overall_self_evaluation__indicators": of_unit(GOOD["self_evaluation__indicators"]),
}

# What a form must hold besides.
GOOD_ON_FORM = {
    "self_evaluation__projects": {"overall_goal": "完成改造", "actual_goal": "已完成改造"},
    "overall_self_evaluation__units": {"actual_goal": "已保障全县供水"},
}

REGISTER = "project_register__projects"
GOAL, GOAL_LINES = "goal__projects", "goal__indicators"
MONITORING, MONITORING_LINES = "monitoring__projects", "monitoring__indicators"
SELF, SELF_LINES = "self_evaluation__projects", "self_evaluation__indicators"
FUNDS = "self_evaluation__funds"
UNIT_GOAL, UNIT_SELF = "overall_goal__units", "overall_self_evaluation__units"

EVALUATION, TRAINING = "evaluation__records", "training__records"

# rule, table, column, cells that fail, cells that do not
CASES: tuple[tuple[str, str, str, tuple, tuple], ...] = (
    ("CELL-001", REGISTER, "project_name", (None,), ("饮水",)),
    ("CELL-002", GOAL, "project_code", (None,), ("65010220T000000000123",)),
    ("CELL-003", REGISTER, "project_code", ("6.50102E+19", "1.02E+20"), ("65010220E000000000001",)),
    ("CELL-004", GOAL, "project_code", ("219001.0",), ("65010220T000000000123",)),
    ("CELL-005", SELF, "project_code", ("650102200000000000000",), ("65010220T000000000000",)),
    (
        "CELL-006",
        MONITORING,
        "project_code",
        ("65010220T00012", "219001"),
        ("10000017Z175070060003", "65010220t000000000123", "51092324T000010263357-安可替代", "—"),
    ),
    ("CELL-007", GOAL, "project_code", ("６5010220T000000000123",), ("65010220T000000000123",)),
    ("CELL-008", GOAL, "unit_name", (), ("[037001]某单位",)),
    ("CELL-009", REGISTER, "project_name", ("说明" * 120,), ("项目" * 60,)),
    (
        "CELL-010",
        GOAL_LINES,
        "level3",
        ("农村饮水工程（管网长",),
        ("农村饮水工（管网）程",),
    ),
    ("CELL-020", GOAL, "project_name", ("ÈÎÎñÃû³Æ", "锟斤拷项目"), ("Café 改造 Ø300×2 管道",)),
    ("CELL-020", GOAL, "unit_name", ("椤圭洰", "?????????"), ("某县？水利局",)),
    ("CELL-021", GOAL_LINES, "target_value", ("=SUM(A1:A3)", "=B3*100"), ("=100%", "=A级", "=1年")),
    ("CELL-022", SELF_LINES, "actual_value", ("#DIV/0!", "#######"), ("#3机组",)),
    (
        "CELL-023",
        SELF,
        "actual_goal",
        ("（200字以内）", "请填写实际完成情况"),
        ("请示件办结率100%",),
    ),
    ("CELL-024", GOAL, "project_name", ("XX项目", "测试项目1"), ("某某村道路硬化",)),
    ("CELL-024", GOAL_LINES, "level3", ("待定", "XX"), ("培训人数", "指标2：")),
    ("CELL-025", GOAL, "overall_goal", ("项Fl资金(万兀)",), ("项目资金（万元）",)),
    ("CELL-030", SELF, "executed", (None, "—"), ("0", "0.00")),
    (
        "CELL-031",
        GOAL,
        "budget",
        ("见附件", "854万854万(高标准农田)"),
        ("50万", "4753.66万元", "￥12"),
    ),
    ("CELL-031", FUNDS, "executed", ("二十一万", "见附件"), ("0", "21.5万元", "无", None)),
    ("CELL-032", MONITORING, "executed", ("-12.5", "（300）"), ("0", "-", "—")),
    ("CELL-032", FUNDS, "annual_budget", ("-3",), ("3",)),
    ("CELL-033", REGISTER, "initial_budget", ("2537695",), ("253769",)),
    ("CELL-034", GOAL, "budget", (), ("0", "3.5")),
    ("CELL-035", MONITORING, "annual_budget", ("500000元",), ("50万", "50万元", "50")),
    ("CELL-040", SELF, "execution_rate", ("正常",), ("95.8%", "0.958", "100", "-", "100.00％")),
    ("CELL-041", MONITORING, "execution_rate", ("102.59%", "-3%"), ("1", "100%", "20")),
    ("CELL-050", GOAL, "fiscal_year", ("二〇二〇",), ("2020年度", "2020")),
    ("CELL-051", SELF, "review_status", ("已阅",), ("终审", "011", "退回")),
    ("CELL-052", SELF, "is_deleted", ("x",), ("1", "否")),
    (
        "CELL-053",
        GOAL,
        "updated_at",
        ("上周",),
        ("2020/5/31 12:00", "20200531120000123", "2020年5月"),
    ),
    ("CELL-054", REGISTER, "is_direct_fund", ("可能",), ("Y", "√", "0")),
    ("REG-001", REGISTER, "fund_type", (None,), ("111",)),
    (
        "REG-002",
        REGISTER,
        "fund_type",
        ("其它来源x",),
        ("14", "政府性基金预算资金", "122-专项债券"),
    ),
    ("REG-003", REGISTER, "project_category", ("甲类",), ("21", "人员类", "3-特定目标类")),
    ("REG-004", REGISTER, "initial_budget", (), ("0",)),
    ("REG-005", REGISTER, "project_attribute", ("未知",), ("延续性项目", "是")),
    ("REC-001", EVALUATION, "evaluation_type", (None, "—"), ("抽评",)),
    (
        "REC-002",
        EVALUATION,
        "report_date",
        ("2020年8月", "上旬", "2020-13-01"),
        ("2020-8-1", "2020.08.01", "20200801", "2020-08-01 10:00:00", "—"),
    ),
    ("REC-003", TRAINING, "person_times", ("约三百", "12-15"), ("2418", "2,418", "2418人次")),
    (
        "REC-004",
        EVALUATION,
        "subject_bureau_name",
        ("某某州", "杭州市"),
        ("650100", "博州", "天山区", "650102000"),
    ),
    ("REC-005", EVALUATION, "evaluation_type", ("其他评价",), ("部门绩效评价", "抽评")),
    ("GOAL-001", GOAL, "overall_goal", ("43.2",), ("完成43.2公里",)),
    ("GOAL-002", GOAL, "overall_goal", (), (None,)),
    ("MON-001", MONITORING, "round", ("春季",), ("1—9月", "第一次监控", "5", "截至5月底")),
    ("MON-002", MONITORING, "monitoring_type", ("随意",), ("自行监控", "2")),
    ("MON-003", MONITORING_LINES, "likelihood", ("看情况",), ("确定能", "3", "√")),
    ("SELF-001", SELF, "total_score", (None, "—"), ("0",)),
    ("SELF-002", SELF, "total_score", ("未评",), ("99.55分", "96（优秀）", "96优", "９６")),
    ("SELF-003", SELF, "total_score", ("110", "-5", "995分"), ("100", "99.55分")),
    ("SELF-004", SELF, "grade", ("甲",), ("优", "较差", "结论：良好")),
    ("SELF-005", SELF, "weight_total", ("110",), ("100", "100.00")),
    ("SELF-006", SELF, "actual_goal", (), (None,)),
    ("IND-001", GOAL_LINES, "level3", (None,), ("数量",)),
    ("IND-002", GOAL_LINES, "level3", ("指标2：", "……"), ("指标1：机柜数量",)),
    ("IND-003", MONITORING_LINES, "target_value", (None,), ("/",)),
    ("IND-004", GOAL_LINES, "target_value", ("≧ %", "公里", "≥"), ("≥5%", "合规", "定性", "及时")),
    ("IND-005", SELF_LINES, "target_value", ("≥**%", "XX个", "待定"), ("≥5个", "*", "2元/人*月")),
    ("IND-006", MONITORING_LINES, "target_value", ("290%",), ("≥90%", "100%", "≥99.5%")),
    (
        "IND-007",
        GOAL_LINES,
        "target_value",
        ("2021年13月", "2月32日前", "2月30日", "4月31日前"),
        ("2021.1.1-12.31", "12月底前", "12月30日", "1月31日", "2月29日"),
    ),
    ("IND-008", GOAL_LINES, "target_value", ("95..5%", "≥9O%"), ("Mbps≥100", "2023.07-2024.01")),
    ("IND-009", SELF_LINES, "actual_value", ("≥266米", "<=0%"), ("=100%", "266米", "95%以上")),
    ("IND-010", SELF_LINES, "actual_value", ("优良中低差", "高中低"), ("优良", "优")),
    ("IND-011", SELF_LINES, "actual_value", (None,), ("0", "完成")),
    ("IND-012", GOAL_LINES, "weight", ("较高",), ("10%", "（10分）", "/", "22.5")),
    ("IND-013", GOAL_LINES, "weight", ("150",), ("0", "50")),
    ("IND-014", GOAL_LINES, "weight", ("70",), ("59.9", "0.6")),
    ("IND-015", SELF_LINES, "score", ("满分",), ("9.34", "10分", "-")),
    ("IND-016", SELF_LINES, "score", ("-2", "120"), ("0", "30")),
    ("IND-017", GOAL_LINES, "level1", ("其他事项",), ("项目完成指标", "成本指标", "预期产出指标")),
    (
        "IND-018",
        GOAL_LINES,
        "level2",
        ("其他事项",),
        ("数量指标(必填硬性指标)", "社会公众或服务对象满意度指标"),
    ),
    ("IND-019", GOAL_LINES, "level1", (), ("产出指标",)),
    ("IND-020", SELF_LINES, "target_value", (), ("及时", "44926")),
    ("MON-004", MONITORING_LINES, "likelihood", ("完全不可能", "3"), ("确定能", "有可能", "1")),
    ("SELF-007", SELF, "execution_score", (), ("0", None)),
    ("CELL-004", UNIT_GOAL, "unit_code", ("219001.0",), ("219001", "219001001")),
    ("CELL-030", UNIT_GOAL, "total_budget", (None, "—"), ("0",)),
    ("CELL-024", UNIT_GOAL, "unit_name", ("XX局", "示例"), ("某县水利局",)),
    ("SELF-004", UNIT_SELF, "grade", ("丙",), ("优等",)),
)

# Rules whose fault needs more than one cell: rule, table, column, the whole row's changes, layout.
WIDE_CASES: tuple[tuple[str, str, str, dict, str], ...] = (
    (
        "CELL-008",
        GOAL,
        "unit_name",
        {"unit_name": None, "unit_code": None, "department_name": None},
        "list",
    ),
    ("CELL-034", GOAL, "budget", {"budget": "35", "_money_unit": "元"}, "list"),
    (
        "REG-004",
        REGISTER,
        "initial_budget",
        {"initial_budget": None, "adjusted_budget": None},
        "list",
    ),
    ("GOAL-002", GOAL, "overall_goal", {"overall_goal": None}, "form"),
    ("SELF-006", SELF, "actual_goal", {"actual_goal": None}, "form"),
    (
        "SELF-007",
        SELF,
        "execution_score",
        {"execution_score": None, "execution_weight": "10"},
        "form",
    ),
    (
        "IND-020",
        SELF_LINES,
        "target_value",
        {"level2": "时效指标", "target_value": "44926"},
        "list",
    ),
    ("IND-019", GOAL_LINES, "level1", {"level1": None, "level2": None}, "list"),
)
