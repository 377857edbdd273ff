    -- 财政部门所属的地（州、市）；最上一级和没有上级的归自己
    roster as (
        select * from marts.dim_bureau
        qualify row_number() over (partition by bureau_code order by valid_from desc) = 1
    ),
    bureau_area as (
        select
            roster.bureau_code,
            case
                when roots.bureau_code is null then roster.short_name
                else parents.short_name
            end as prefecture
        from roster
        left join roster as parents on roster.parent_bureau_code = parents.bureau_code
        left join roster as roots on parents.parent_bureau_code = roots.bureau_code
    )
