-- Retention curve: the share active again so many months later, over all cohorts old enough.
--
-- grain     = ["age"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "size"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "retention"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["age"]
-- owner     = "digital_banking"
-- differences = [["size", "returned"]]
-- split     = ["size", "returned"]
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
-- age      = "rows"
-- cohorts  = "rows"
-- size     = "count"
-- returned = "count"
--
-- [nested]
-- size = ""
--
-- [derived]
-- retained_share = "cast(returned as double) / nullif(size, 0)"
--
-- People over people, never the mean of rates: a cohort counts at an age only if it is that old, with
-- all its people. The cohorts of the first three months of data are left out, since who was new then
-- is not known. From one age to the next the youngest cohort drops out: it is a group too.
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
    old_enough.age,
    count(*) as cohorts,
    cast(coalesce(sum(size.people), 0) as bigint) as size,
    cast(coalesce(sum(returned.people), 0) as bigint) as returned,
from old_enough
left join size on size.cohort = old_enough.cohort
left join returned on returned.cohort = old_enough.cohort and returned.age = old_enough.age
where not old_enough.is_first
group by old_enough.age
