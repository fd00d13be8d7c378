-- People active on a day, within the 7 days that end on it, and within the 28.
--
-- grain     = ["day"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_day"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["day"]
-- owner     = "digital_banking"
-- differences = [["people_28", "people_7"], ["people_7", "people"], ["people_28", "people"]]
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
-- day       = "date"
-- month     = "month"
-- people    = "count"
-- people_7  = "count"
-- people_28 = "count"
--
-- In the first 27 days of data the windows reach back to before it: they grow until they are full.
with counted as (
    select
        month,
        day,
        cast(sum(people) as bigint) as people,
        cast(sum(people_7) as bigint) as people_7,
        cast(sum(people_28) as bigint) as people_28,
    from active_day
    where definition = $definition
    group by month, day
),

calendar as (
    select
        month,
        first_day,
        unnest(generate_series(1, day(last_day))) as day,
    from month
    where month between $first_month and $last_month
)

select
    cast(calendar.first_day + cast(calendar.day - 1 as integer) as date) as day,
    calendar.first_day as month,
    coalesce(counted.people, 0) as people,
    coalesce(counted.people_7, 0) as people_7,
    coalesce(counted.people_28, 0) as people_28,
from calendar
left join counted on counted.month = calendar.month and counted.day = calendar.day
where calendar.first_day + cast(calendar.day - 1 as integer) <= $as_of
