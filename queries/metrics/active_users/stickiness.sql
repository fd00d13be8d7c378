-- Stickiness: of the people active in a month, how many are active on one of its days.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "days_active"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
-- owner     = "digital_banking"
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
-- month      = "month"
-- people     = "count"
-- mean_daily = "derived"
--
-- [derived]
-- stickiness_share = "mean_daily / nullif(cast(people as double), 0)"
--
-- Finished months. The mean over all days of the month, those without anybody too: what people add
-- up to over days is the sum of days over people.
with counted as (
    select
        month,
        cast(sum(people) as bigint) as people,
        cast(sum(people * days) as double) as person_days,
    from days_active
    where definition = $definition
    group by month
)

select
    month.first_day as month,
    coalesce(counted.people, 0) as people,
    cast(coalesce(counted.person_days, 0) as double)
        / nullif(cast(day(month.last_day) as double), 0) as mean_daily,
from month
left join counted on counted.month = month.month
where month.month between $first_month and $last_month and month.last_day <= $as_of
