-- Every channel that is seen in events; '' is the unknown one.
--
-- reads  = ["events", "channel_known", "match_month_known"]
-- params = ["months", "offline"]
--
-- A channel keeps the number that the generation before gave it. That one also knows which were
-- seen in the months that are not read again (all but $months). $offline are those where people
-- come in person.
with seen as (
    select channel_id
    from events
    union
    select channel_known.channel_id
    from match_month_known
    inner join channel_known using (channel)
    where not list_contains($months, match_month_known.month)
)

select
    coalesce(
        channel_known.channel,
        (select coalesce(max(channel), 0) from channel_known)
        + row_number() over (partition by channel_known.channel is null order by seen.channel_id)
    ) as channel,
    seen.channel_id,
    list_contains($offline, seen.channel_id) as is_offline,
from seen
left join channel_known on channel_known.channel_id = seen.channel_id
