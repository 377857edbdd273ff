"""Whether other clients read a release as we do: the oldest, the newest, and through SQLAlchemy."""
