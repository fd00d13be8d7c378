-- Where the change of active people comes from, by scene or partner: everybody is split equally among
-- the partners where they were met, so that shares add up to people.
--
-- grain     = ["month", "place_code"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "partner_month", "scene_month", "partner"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["is_total", "place_code"]
-- owner     = "digital_banking"
-- additive  = "place_code"
-- base      = "base_month"
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [options.compare]
-- month      = 1
-- year_start = 0
-- year       = 12
--
-- [options.by_place]
-- by_scene   = 1
-- by_partner = 2
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month        = "month"
-- place_code   = "text"
-- is_total     = "flag"
-- base_month   = "month"
-- people       = "count"
-- reach        = "count"
-- reach_before = "count"
--
-- [derived]
-- change = "reach - reach_before"
--
-- The Shapley value of the game whose worth of a set of partners is the people active at any of them
-- (Shapley 1953): a person met at n partners counts 1/n at each. Scenes have what their partners
-- have. `people` are those met there in the month shown.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

compared as (
    select
        month.month,
        month.first_day,
        base.month as base,
        base.first_day as base_day,
    from shown
    inner join month on month.month = shown.month
    left join month as base
        on base.month
        = shown.month - case when $compare > 0 then $compare else shown.month % 12 + 1 end
),

met as (
    select
        case
            when $by_place = 2 then coalesce(nullif(partner.partner_id, ''), 'not_stated')
            else coalesce(partner.scene, 'not_stated')
        end as place,
        partner_month.month,
        sum(partner_month.reach) as reach,
    from partner_month
    inner join partner on partner.partner = partner_month.partner
    where partner_month.definition = $definition
    group by place, partner_month.month
),

by_place as (
    select
        met.place,
        sum(case when met.month = compared.month then met.reach else 0 end) as reach,
        sum(case when met.month = compared.base then met.reach else 0 end) as reach_before,
    from met
    inner join compared on met.month = compared.month or met.month = compared.base
    group by met.place
),

known as (
    select
        coalesce(nullif(partner.partner_id, ''), 'not_stated') as place,
        partner_month.month,
        partner_month.people,
    from partner_month
    inner join partner on partner.partner = partner_month.partner
    where partner_month.definition = $definition and $by_place = 2
    union all
    select
        case when scene = 'unknown' then 'not_stated' else scene end as place,
        month,
        people,
    from scene_month
    where definition = $definition and $by_place = 1
),

there as (
    select known.place, sum(known.people) as people
    from known
    inner join compared on compared.month = known.month
    group by known.place
),

told as (
    select
        by_place.place,
        false as is_total,
        coalesce(there.people, 0) as people,
        by_place.reach,
        by_place.reach_before,
    from by_place
    left join there on there.place = by_place.place
    union all
    select
        '_total' as place,
        true as is_total,
        null as people,
        coalesce(sum(reach), 0) as reach,
        coalesce(sum(reach_before), 0) as reach_before,
    from by_place
)

select
    compared.first_day as month,
    told.place as place_code,
    told.is_total,
    compared.base_day as base_month,
    cast(told.people as bigint) as people,
    cast(told.reach as double) / 80313433200 as reach,
    case when compared.base is not null
        then cast(told.reach_before as double) / 80313433200
    end as reach_before,
from told
cross join compared
