-- From channel to channel: of the people met through one in a month, how many were met through
-- another on a later day of it.
--
-- grain     = ["month", "channel_from", "channel_to"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "channel_flow", "channel"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["channel_from", "channel_to"]
-- owner     = "digital_banking"
-- sums      = [["base", "people", "elsewhere"]]
--
-- [columns]
-- month        = "month"
-- channel_from = "text"
-- channel_to   = "text"
-- base         = "count"
-- people       = "count"
-- elsewhere    = "count"
--
-- [derived]
-- flow_share = "cast(people as double) / nullif(base, 0)"
--
-- The last finished month. Everybody counts once in each pair; who was met through both in turn
-- counts both ways.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

named as (
    select channel, coalesce(nullif(channel_id, ''), 'not_stated') as name
    from channel
),

met as (
    select
        source.name as channel_from,
        target.name as channel_to,
        cast(sum(channel_flow.people) as bigint) as people,
    from channel_flow
    inner join shown on shown.month = channel_flow.month
    inner join named as source on source.channel = channel_flow.channel_from
    inner join named as target on target.channel = channel_flow.channel_to
    group by source.name, target.name
),

there as (
    select channel_from as name, people
    from met
    where channel_from = channel_to
)

select
    month.first_day as month,
    source.name as channel_from,
    target.name as channel_to,
    source.people as base,
    coalesce(met.people, 0) as people,
    source.people - coalesce(met.people, 0) as elsewhere,
from shown
inner join month on month.month = shown.month
cross join there as source
cross join there as target
left join met on met.channel_from = source.name and met.channel_to = target.name
where source.name <> target.name
