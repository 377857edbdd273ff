"""Superset's settings (Superset finds this module by its name).

Nothing is relaxed: the content security policy, the protection of forms and the ban on unsafe
connections stay as Superset has them or get narrower. What a wider installation must change is said
where it is set.
"""

from __future__ import annotations

import os
from pathlib import Path

folder = Path(os.environ["SUPERSET_HOME"])

# signs sessions and encrypts what the metadata database keeps; made once, never committed
SECRET_KEY = (folder / "secret_key").read_text(encoding="ascii").strip()
# Superset's own records: users, charts, dashboards. With many users, put PostgreSQL here
SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'superset.db'}?check_same_thread=false"

BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "us", "name": "English"}}

# Every query asks the release, so the night's switch shows at the next look. With a cache,
# yesterday's figures would stay until it expires.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# Only this server: no map tiles, no fonts and no pictures from elsewhere. The pages carry a
# counting picture of another host, for which the packaged Superset has no switch; the browser is
# told not to fetch it.
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        # Superset writes its styles into the page
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    # http, because it is bound to 127.0.0.1. Behind a proxy with https, set both of these and
    # SESSION_COOKIE_SECURE to True, and ENABLE_PROXY_FIX.
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_SECURE = False

# Nobody sees anything without logging in, and nobody makes an account for himself.
AUTH_ROLE_PUBLIC = "Public"
PUBLIC_ROLE_LIKE = None
AUTH_USER_REGISTRATION = False

# One agent for every query: DuckDB refuses a second connection to an open file whose settings
# differ, and the agent is one of them.
USER_AGENT_FUNC = None

# lists are long, numbers stay whole
ROW_LIMIT = 10000
SQL_MAX_ROW = 100000
