-- Where we meet people: how many through each channel, month by month.
--
-- default   = true
-- grain     = ["month", "channel"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "channel_month", "channel"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month", "channel"]
-- owner     = "digital_banking"
-- sums      = [["whole", "people", "elsewhere"]]
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
-- month       = "month"
-- channel     = "text"
-- people      = "count"
-- elsewhere   = "count"
-- whole       = "count"
-- is_complete = "flag"
--
-- [derived]
-- people_share = "cast(people as double) / nullif(whole, 0)"
--
-- Channels overlap: who used two counts in both, so they add up to more than all. `whole` are all
-- active people of the month, each once.
with met as (
    select
        coalesce(nullif(channel.channel_id, ''), 'not_stated') as channel,
        channel_month.month,
        cast(sum(channel_month.people) as bigint) as people,
    from channel_month
    inner join channel on channel.channel = channel_month.channel
    where channel_month.definition = $definition
    group by coalesce(nullif(channel.channel_id, ''), 'not_stated'), channel_month.month
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = $definition
    group by month
),

known as (
    select distinct channel
    from met
)

select
    month.first_day as month,
    known.channel,
    coalesce(met.people, 0) as people,
    coalesce(active.people, 0) - coalesce(met.people, 0) as elsewhere,
    coalesce(active.people, 0) as whole,
    month.last_day <= $as_of as is_complete,
from month
cross join known
left join met on met.month = month.month and met.channel = known.channel
left join active on active.month = month.month
where month.month between $first_month and $last_month
