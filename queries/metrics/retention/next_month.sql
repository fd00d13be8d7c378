-- One-month retention: of the people new in a month, how many were active in the month after it.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "size"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "retention"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
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
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month           = "month"
-- size            = "count"
-- returned        = "count"
-- is_first_months = "flag"
--
-- [derived]
-- retained_share = "cast(returned as double) / nullif(size, 0)"
--
-- Months whose next month is finished. In the first three months of data somebody who returns looks
-- new: `is_first_months`.
with finished as (
    select month, first_day, is_first
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

counted as (
    select
        cohort,
        cast(sum(case when previous = 0 then people else 0 end) as bigint) as size,
        cast(sum(case when month = cohort + 1 then people else 0 end) as bigint) as returned,
    from retention
    where definition = $definition
    group by cohort
)

select
    finished.first_day as month,
    coalesce(counted.size, 0) as size,
    coalesce(counted.returned, 0) as returned,
    finished.is_first as is_first_months,
from finished
inner join finished as following on following.month = finished.month + 1
left join counted on counted.cohort = finished.month
