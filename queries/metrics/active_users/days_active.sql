-- On how many days of the last finished month people were active.
--
-- grain     = ["month", "days"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "days_active"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["is_total", "days"]
-- owner     = "digital_banking"
-- additive  = "days"
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month    = "month"
-- days     = "rows"
-- is_total = "flag"
-- people   = "count"
--
-- The total is the active people of the month; its `days` are none.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

counted as (
    select days_active.days, cast(sum(days_active.people) as bigint) as people
    from days_active
    inner join shown on shown.month = days_active.month
    where days_active.definition = $definition
    group by days_active.days
),

told as (
    select
        day.days,
        false as is_total,
        coalesce(counted.people, 0) as people,
    from (select unnest(generate_series(1, 31)) as days) as day
    left join counted on counted.days = day.days
    union all
    select
        null as days,
        true as is_total,
        cast(coalesce(sum(people), 0) as bigint) as people,
    from counted
)

select
    month.first_day as month,
    told.days,
    told.is_total,
    told.people,
from told
cross join shown
inner join month on month.month = shown.month
where told.is_total or told.days <= day(month.last_day)
