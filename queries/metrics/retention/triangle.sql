-- Retention triangle: of the people new in a month, how many were active again so many months later.
--
-- default   = true
-- grain     = ["month", "age"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "size"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "retention"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month", "age"]
-- owner     = "digital_banking"
-- differences = [["size", "returned"]]
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [options.return]
-- on          = 0
-- between     = 2
-- on_or_after = -1
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month           = "month"
-- age             = "rows"
-- size            = "count"
-- returned        = "count"
-- is_growing      = "flag"
-- is_first_months = "flag"
--
-- [nested]
-- returned = "is_growing"
--
-- [derived]
-- retained_share = "cast(returned as double) / nullif(size, 0)"
--
-- A cohort are the people whose first activity ever fell into a month; it stands in the groups that
-- it belonged to then. `on` counts who was active in the month itself, `between` in it or one of the
-- two after it, `on_or_after` in it or any later one: such a number still grows. Everybody is
-- counted once, at the first activity from that month on. There is no row where a cohort is too
-- young. In the first three months of data somebody who returns looks new: `is_first_months`.
with finished as (
    select month, first_day, is_first
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

counted as (
    select cohort, month, previous, cast(sum(people) as bigint) as people
    from retention
    where definition = $definition and month <= $last_month
    group by cohort, month, previous
),

size as (
    select cohort, people
    from counted
    where previous = 0
),

old_enough as (
    select
        cohort.month as cohort,
        cohort.first_day,
        cohort.is_first,
        later.month,
        later.month - cohort.month as age,
        case when $return < 0 then $last_month else later.month + $return end as until,
    from finished as cohort
    inner join finished as later on later.month >= cohort.month
    where later.month + greatest($return, 0) <= (select max(month) from finished)
),

returned as (
    select old_enough.cohort, old_enough.age, cast(sum(counted.people) as bigint) as people
    from old_enough
    inner join counted
        on counted.cohort = old_enough.cohort
        and counted.previous < old_enough.month
        and counted.month between old_enough.month and old_enough.until
    group by old_enough.cohort, old_enough.age
)

select
    old_enough.first_day as month,
    old_enough.age,
    coalesce(size.people, 0) as size,
    coalesce(returned.people, 0) as returned,
    $return < 0 as is_growing,
    old_enough.is_first as is_first_months,
from old_enough
left join size on size.cohort = old_enough.cohort
left join returned on returned.cohort = old_enough.cohort and returned.age = old_enough.age
