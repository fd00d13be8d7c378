-- Months whose people by number of days are not the active people, or whose days are not those of
-- all days.
--
-- reads = ["active_month", "active_day", "days_active"]
with by_month as (
    select definition, month, sum(people) as people
    from active_month
    group by definition, month
),

by_days as (
    select definition, month, sum(people) as people, sum(people * days) as days
    from days_active
    group by definition, month
),

by_day as (
    select definition, month, sum(people) as days
    from active_day
    group by definition, month
)

select
    definition,
    month,
    by_month.people,
    by_days.people as people_by_days,
    by_days.days,
    by_day.days as days_by_day,
from by_month
full join by_days using (definition, month)
full join by_day using (definition, month)
where coalesce(by_month.people, 0) <> coalesce(by_days.people, 0)
    or coalesce(by_days.days, 0) <> coalesce(by_day.days, 0)
