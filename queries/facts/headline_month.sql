-- Headline numbers of finished months: what a meeting is told, by official metric.
--
-- reads = ["active_month", "month", "as_of", "delivered"]
-- month = "month"
-- whole = true
--
-- Not stored as it is: the build keeps what was first said of each month. Without types of events
-- only the first metric is known, and nothing may be said of the others.
with metric as (
    select 1 as definition, 'mau' as metric
    union all
    select 2 as definition, 'mau_opened' as metric
    union all
    select 3 as definition, 'mau_logged_in' as metric
    union all
    select 4 as definition, 'mau_transacted' as metric
)

select
    metric.metric,
    month.month,
    cast(coalesce(sum(active_month.people), 0) as bigint) as people,
from month
cross join metric
left join active_month
    on active_month.month = month.month and active_month.definition = metric.definition
where month.last_day <= (select as_of from as_of)
    and (
        metric.definition = 1
        or exists (select 1 from delivered where export = 'events' and name = 'event_type')
    )
group by metric.metric, month.month
