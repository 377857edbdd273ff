"""Great Expectations suites, one per raw table and one for the marts, and the gate that runs them."""
