"""A tiny warehouse with marts of the shape the release reads."""

from __future__ import annotations

from pathlib import Path

import duckdb

COVERAGE = """
create table marts.mart_stage_coverage as
select * from (values
    (2020, 'goal', null::integer, '650000', '自治区财政厅', 'region', 'own', 'all',
        10, 9, 0.9, 1000000.00, 900000.00, 0.9),
    (2020, 'goal', null, '650100', '乌鲁木齐市财政局', 'prefecture', 'own', 'all',
        30, 15, 0.5, 3000000.00, 100000.00, 0.0333),
    (2020, 'monitoring', 1, '650100', '=cmd|calc', 'prefecture', 'own', 'general',
        30, 15, 0.5, 3000000.00, 100000.00, 0.0333)
) as sample(
    fiscal_year, stage, round_no, bureau_code, bureau_name, tier, scope, fund_type,
    due_project_count, done_project_count, coverage_rate, due_amount_cny, done_amount_cny,
    amount_coverage_rate
)
"""


BUREAUS = """
create table marts.dim_bureau as
select * from (values
    ('650000', '自治区财政厅', 'region', null, date '2018-01-01'),
    ('650100', '乌鲁木齐市财政局', 'prefecture', '650000', date '2018-01-01'),
    ('650102', '天山区财政局', 'county', '650100', date '2018-01-01'),
    ('652301', '昌吉市财政局', 'county', '652300', date '2018-01-01')
) as sample(bureau_code, bureau_name, tier, parent_bureau_code, valid_from)
"""


def make_warehouse(path: Path, rows: int = 3000) -> None:
    """Write the sample warehouse."""
    con = duckdb.connect(str(path))
    for schema in ("raw", "marts", "quality", "ops"):
        con.execute(f"create schema {schema}")
    con.execute("create table raw.secret as select 1 as x")
    con.execute(COVERAGE)
    con.execute(BUREAUS)
    con.execute(
        f"""
        create table marts.fct_project as
        select
            i::varchar as project_code, 2020 as fiscal_year, (i * 7 % 100)::decimal(20, 2) as a_cny,
            case when i % 5 = 0 then null else '名称' || i end as project_name
        from range({rows}) as r(i)
        """
    )
    con.execute("create table quality.fct_finding (rule_id varchar primary key, n integer)")
    con.execute("insert into quality.fct_finding values ('FILE-001', 1)")
    con.execute("comment on table marts.fct_project is '每行一个项目 it''s'")
    con.execute("comment on column marts.fct_project.a_cny is '金额（元）'")
    con.close()
