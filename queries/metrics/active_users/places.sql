-- Monthly active users by scene or partner.
--
-- grain     = ["month", "place_code"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "scene_month", "partner_month", "partner"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month", "place_code"]
-- owner     = "digital_banking"
-- sums      = [["whole", "people", "elsewhere"]]
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [options.by_place]
-- by_scene   = 1
-- by_partner = 2
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month       = "month"
-- place_code  = "text"
-- people      = "count"
-- elsewhere   = "count"
-- whole       = "count"
-- is_complete = "flag"
--
-- [derived]
-- people_share = "cast(people as double) / nullif(whole, 0)"
--
-- Places overlap: who was met at two counts at both, so they add up to more than all. `whole` are all
-- active people of the month, each once. Own apps are a scene, and partners of it.
with met as (
    select
        case when scene = 'unknown' then 'not_stated' else scene end as place_code,
        month,
        cast(sum(people) as bigint) as people,
    from scene_month
    where definition = $definition and $by_place = 1
    group by scene, month
    union all
    select
        coalesce(nullif(partner.partner_id, ''), 'not_stated') as place_code,
        partner_month.month,
        cast(sum(partner_month.people) as bigint) as people,
    from partner_month
    inner join partner on partner.partner = partner_month.partner
    where partner_month.definition = $definition and $by_place = 2
    group by partner.partner_id, partner_month.month
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = $definition
    group by month
),

known as (
    select distinct met.place_code
    from met
    inner join month on month.month = met.month
    where month.month between $first_month and $last_month
)

select
    month.first_day as month,
    known.place_code,
    coalesce(met.people, 0) as people,
    coalesce(active.people, 0) - coalesce(met.people, 0) as elsewhere,
    coalesce(active.people, 0) as whole,
    month.last_day <= $as_of as is_complete,
from month
cross join known
left join met on met.month = month.month and met.place_code = known.place_code
left join active on active.month = month.month
where month.month between $first_month and $last_month
