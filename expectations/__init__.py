"""Suites of Great Expectations, one per raw table and one for the marts, and their gate."""
