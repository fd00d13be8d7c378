-- The last day with at least half the median rows of the same weekday in the eight weeks before it.
--
-- reads = ["event_day"]
--
-- A day that has only begun to arrive is not yet a day of data. A weekday never seen before counts.
with compared as (
    select
        event_day.day,
        event_day.events,
        median(earlier.events) as usual,
    from event_day
    left join event_day as earlier
        on date_diff('day', earlier.day, event_day.day) between 7 and 56
        and date_diff('day', earlier.day, event_day.day) % 7 = 0
    group by event_day.day, event_day.events
)

select max(day) as as_of
from compared
where usual is null or events >= 0.5 * usual
