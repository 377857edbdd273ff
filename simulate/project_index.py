"""What other files say of a bureau's projects: code, name, unit, money, no indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """One simulated project of one fiscal year.

    Attributes:
        code: project code.
        name: project name.
        unit_code: code of its budget unit.
        unit_name: name of its budget unit.
        department_name: 主管部门.
        fund_type: general, government_fund, state_capital, social_insurance or other.
        initial_fen: initial budget, in fen; 0 for projects added in the year.
        adjusted_fen: adjusted budget, in fen.
        is_new: 新增项目.
        is_monitored: part of the monitoring rounds.
        declared_score: score of its self-evaluation; None where there is none.
        is_self_evaluated: has a self-evaluation.
    """

    code: str
    name: str
    unit_code: str
    unit_name: str
    department_name: str
    fund_type: str
    initial_fen: int
    adjusted_fen: int
    is_new: bool
    is_monitored: bool
    declared_score: Decimal | None
    is_self_evaluated: bool


@dataclass(frozen=True)
class ProjectIndex:
    """The projects of a whole jurisdiction.

    Attributes:
        projects: by bureau code and fiscal year, in the order of the files.
    """

    projects: Mapping[tuple[str, int], tuple[ProjectRef, ...]] = field(default_factory=dict)

    def of(self, bureau_code: str, fiscal_year: int) -> tuple[ProjectRef, ...]:
        """The projects of a bureau in a fiscal year; empty where there are none.

        Args:
            bureau_code: 6-digit code.
            fiscal_year: 预算年度.
        """
        return self.projects.get((bureau_code, fiscal_year), ())
