"""What the core files of a region say about its projects, for files that refer to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexedProject:
    """One registered project of one bureau and fiscal year.

    Attributes:
        bureau_code: the bureau that registers it.
        fiscal_year: 预算年度.
        code: 项目编码, unique within bureau and year.
        name: 项目名称.
        unit_code: 预算单位编码.
        unit_name: 预算单位.
        department_name: 主管部门.
        fund_type: general, government_fund, state_capital, social_insurance or other.
        initial_fen: 年初预算, 0 for projects added in the year.
        adjusted_fen: 调整后预算.
        executed_fen: execution of the self-evaluation, else of the last round, else 0.
        is_new: 新增项目.
        is_direct: 直达资金.
        is_poverty: 扶贫(衔接)项目.
        is_transfer: 转移支付项目.
        is_confidential: 涉密.
        tags: 项目标签, separated by ；.
        owes_goal: whether it was in the approved budget.
        warned_rounds: monitoring rounds whose warning list it is on.
        declared_score_hundredths: self-evaluation score times 100; None if not self-evaluated.
        grade: declared grade 优, 良, 中 or 差; empty if not self-evaluated.
    """

    bureau_code: str
    fiscal_year: int
    code: str
    name: str
    unit_code: str
    unit_name: str
    department_name: str
    fund_type: str
    initial_fen: int
    adjusted_fen: int
    executed_fen: int
    is_new: bool
    is_direct: bool
    is_poverty: bool
    is_transfer: bool
    is_confidential: bool
    tags: str
    owes_goal: bool
    warned_rounds: tuple[int, ...]
    declared_score_hundredths: int | None
    grade: str


class ProjectIndex:
    """The registered projects of a region by bureau and fiscal year."""

    def __init__(self, projects: Iterable[IndexedProject]) -> None:
        """Sort the projects by bureau and year.

        Args:
            projects: in the order of the registers.
        """
        self._projects: dict[tuple[str, int], list[IndexedProject]] = {}
        for project in projects:
            self._projects.setdefault((project.bureau_code, project.fiscal_year), []).append(
                project
            )

    def of(self, bureau_code: str, fiscal_year: int) -> list[IndexedProject]:
        """The projects of a bureau and year, in the order of its register.

        Args:
            bureau_code: 6-digit code.
            fiscal_year: 预算年度.

        Returns:
            The projects; none if the bureau has no register of that year.
        """
        return self._projects.get((bureau_code, fiscal_year), [])

    def fiscal_years(self, bureau_code: str) -> list[int]:
        """The years a bureau has a register of, ascending.

        Args:
            bureau_code: 6-digit code.
        """
        return sorted(year for code, year in self._projects if code == bureau_code)
