-- 由一个数字回到文件：某财政部门第一次监控的预警项目，来自哪个文件、哪张表、哪一行。
select
    mart_deviation_flag.project_code,
    mart_deviation_flag.project_name,
    mart_deviation_flag.gap,
    mart_deviation_flag.triggers,
    mart_deviation_flag._file_sha256,
    mart_deviation_flag._source_file,
    mart_deviation_flag._source_sheet,
    mart_deviation_flag._source_row
from {{ ref('mart_deviation_flag') }} as mart_deviation_flag
where mart_deviation_flag.round_no = 1 and mart_deviation_flag.is_warned
order by mart_deviation_flag.bureau_code, mart_deviation_flag.project_code
