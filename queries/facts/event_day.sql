-- Rows of the events export per local day.
--
-- reads = ["events"]
select
    cast(occurred_at as date) as day,
    count(*) as events,
from events
group by cast(occurred_at as date)
