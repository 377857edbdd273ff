"""The expectation every cell rule is checked by: no row of the batch holds a failing cell.

`ExpectNoCellWhere` is a column-map expectation, so that Great Expectations counts the failures of
a whole suite in one scan of the table; the condition is the SQL predicate of the rule. It asks for
counts only: values, indexes and null counts would cost a query more for every expectation.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.compatibility.sqlalchemy import sqlalchemy as sa
from great_expectations.execution_engine import ExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation, ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.expectations.registry import get_metric_kwargs
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

ROW_COUNT = "table.row_count"
FAILING_COUNT = "column_values.not_where.unexpected_count"


class CellsNotWhere(ColumnMapMetricProvider):
    """Marks the rows for which the predicate is true; a predicate that is null passes."""

    condition_metric_name = "column_values.not_where"
    condition_value_keys = ("fails_when",)
    filter_column_isnull = False

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: Any, fails_when: str, **_: Any) -> Any:
        return sa.not_(sa.literal_column(f"({fails_when})", sa.Boolean))


class ExpectNoCellWhere(ColumnMapExpectation):
    """No cell of the column makes the predicate true.

    Attributes:
        fails_when: SQL predicate over one row of the batch; true means that the cell is wrong.
    """

    fails_when: str

    map_metric: ClassVar[str] = "column_values.not_where"
    success_keys: ClassVar[tuple[str, ...]] = ("fails_when", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "fails_when")

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine | None = None,
        runtime_configuration: dict | None = None,
        **_: Any,
    ) -> ValidationDependencies:
        """Ask for the number of rows and of failing rows, which share one query per suite."""
        dependencies = BatchExpectation.get_validation_dependencies(
            self, execution_engine=execution_engine, runtime_configuration=runtime_configuration
        )
        configuration = self.configuration
        for name in (ROW_COUNT, FAILING_COUNT):
            kwargs = get_metric_kwargs(
                metric_name=name,
                configuration=configuration,
                runtime_configuration=runtime_configuration,
            )
            dependencies.set_metric_configuration(
                name,
                MetricConfiguration(
                    name, kwargs["metric_domain_kwargs"], kwargs["metric_value_kwargs"]
                ),
            )
        return dependencies

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        """Judge by the count of failures alone: a column without any value may be the fault."""
        row_count = metrics[ROW_COUNT] or 0
        failing = int(metrics[FAILING_COUNT] or 0)
        return {
            "success": failing == 0,
            "result": {
                "element_count": row_count,
                "unexpected_count": failing,
                "unexpected_percent": 100 * failing / row_count if row_count else 0.0,
            },
        }
