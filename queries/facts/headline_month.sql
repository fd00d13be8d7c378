-- Headline numbers of finished months: what a meeting is told, by official metric.
--
-- reads = ["active_month", "month", "as_of"]
-- month = "month"
-- whole = true
--
-- Not stored as it is: the build keeps what was first said of each month.
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
group by metric.metric, month.month
