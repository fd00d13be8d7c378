-- Branches by how much of the year's target they have reached, beside the elapsed share of the year.
--
-- default   = true
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "group_target", "target"]
-- params    = ["first_month", "last_month", "as_of", "is_filtered", "group"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- split     = ["people", "people_before", "people_year_start"]
-- by        = ["branch"]
-- every     = true
-- base      = "base_month"
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [options.compare]
-- month      = 1
-- year_start = 0
-- year       = 12
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month             = "month"
-- people            = "count"
-- base_month        = "month"
-- people_before     = "count"
-- people_year_start = "count"
-- target_level      = "plan"
-- target_increase   = "plan"
-- elapsed_share     = "plan"
--
-- [derived]
-- change            = "people - people_before"
-- change_rate       = "cast(people - people_before as double) / nullif(people_before, 0)"
-- target            = "coalesce(target_level, people_year_start + target_increase)"
-- target_completion = "people / nullif(coalesce(target_level, people_year_start + target_increase), 0)"
-- pace              = "people_year_start + elapsed_share * coalesce(target_level - people_year_start, target_increase)"
-- pace_share        = "people / nullif(people_year_start + elapsed_share * coalesce(target_level - people_year_start, target_increase), 0)"
--
-- The last finished month, against another one and against the end of last year. The target is the
-- last of the same year, of the branch itself ($group) or of the bank, and holds for all of its
-- people: with any other filter there is none. `pace` is what is due by now: the people at the end
-- of last year, and the elapsed share of the year of what is planned on top of them.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

compared as (
    select
        month,
        month - case when $compare > 0 then $compare else month % 12 + 1 end as base,
        month - month % 12 - 1 as year_start,
        month - month % 12 + 11 as year_end,
    from shown
    where month is not null
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = $definition
    group by month
),

planned as (
    select month, kind, value
    from group_target
    where metric = 'mau' and dimension = 'branch' and dimension_value = $group
        and $definition = 1 and not $is_filtered
    union all
    select month, kind, value
    from target
    where metric = 'mau' and dimension is null and $group = '_total' and $definition = 1
),

plan as (
    select
        arg_max(kind, planned.month) as kind,
        arg_max(value, planned.month) as value,
    from planned
    inner join compared
        on planned.month between compared.year_start + 1 and compared.year_end
)

select
    month.first_day as month,
    coalesce(active.people, 0) as people,
    base.first_day as base_month,
    case when base.month is not null then coalesce(before.people, 0) end as people_before,
    case when began.month is not null then coalesce(year_start.people, 0) end as people_year_start,
    case when plan.kind = 'level' then plan.value end as target_level,
    case when plan.kind <> 'level' then plan.value end as target_increase,
    cast(dayofyear(month.last_day) as double)
        / nullif(dayofyear(make_date(year(month.last_day), 12, 31)), 0) as elapsed_share,
from compared
inner join month on month.month = compared.month
left join month as base on base.month = compared.base
left join month as began on began.month = compared.year_start
left join active on active.month = compared.month
left join active as before on before.month = compared.base
left join active as year_start on year_start.month = compared.year_start
cross join plan
