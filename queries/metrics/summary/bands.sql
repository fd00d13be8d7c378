-- How the ecosystem stands, in the words of the strategy: build it, set its scenes.
--
-- grain     = ["item"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = "none"
-- reads     = ["month", "active_month", "partner_month", "scene_month", "scene_breadth", "partner"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["place"]
-- owner     = "digital_banking"
--
-- [options.compare]
-- month      = 1
-- year_start = 0
-- year       = 12
--
-- [columns]
-- place         = "rows"
-- band          = "text"
-- item          = "text"
-- month         = "month"
-- base_month    = "month"
-- people        = "count"
-- people_before = "count"
-- number        = "rows"
-- number_before = "rows"
-- share         = "derived"
-- share_before  = "derived"
--
-- The last finished month against another one. `people` are those behind a row: all active people,
-- or those met in two or more scenes. A partner is live in a month with anybody there; own apps and
-- the unknown partner are none. The share of the five largest is of the reach of partners, in which
-- everybody is split equally among those where they were met. Contracts that end do so within 180
-- days after the month; there is none to compare with, since the export tells only today's.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

compared as (
    select
        month.month,
        month.first_day,
        month.last_day,
        base.month as base,
        base.first_day as base_day,
    from shown
    inner join month on month.month = shown.month
    left join month as base
        on base.month
        = shown.month - case when $compare > 0 then $compare else shown.month % 12 + 1 end
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = 1
    group by month
),

several as (
    select month, cast(sum(people) as bigint) as people
    from scene_breadth
    where definition = 1 and scenes >= 2
    group by month
),

at_partner as (
    select partner_month.month, partner_month.partner, sum(partner_month.reach) as reach
    from partner_month
    inner join partner on partner.partner = partner_month.partner
    where partner_month.definition = 1 and partner.partner_id <> '' and not partner.is_own
    group by partner_month.month, partner_month.partner
),

ranked as (
    select
        month,
        reach,
        row_number() over (partition by month order by reach desc, partner) as place,
    from at_partner
),

partners as (
    select
        month,
        count(*) as live,
        cast(sum(case when place <= 5 then reach else 0 end) as double)
            / nullif(cast(sum(reach) as double), 0) as five,
    from ranked
    group by month
),

scenes as (
    select month, count(distinct scene) as live
    from scene_month
    where definition = 1 and scene <> 'unknown'
    group by month
),

ending as (
    select count(*) as contracts
    from partner
    cross join compared
    where partner.ended_on is null
        and partner.contract_ends_on > compared.last_day
        and partner.contract_ends_on <= compared.last_day + 180
),

told as (
    select 1 as place, 'build' as band, 'partners_live' as item
    union all
    select 2 as place, 'build' as band, 'contracts_ending' as item
    union all
    select 3 as place, 'build' as band, 'five_largest' as item
    union all
    select 4 as place, 'scenes' as band, 'scenes_live' as item
    union all
    select 5 as place, 'scenes' as band, 'people_several' as item
)

select
    told.place,
    told.band,
    told.item,
    compared.first_day as month,
    compared.base_day as base_month,
    case told.item
        when 'people_several' then coalesce(several.people, 0)
        else coalesce(active.people, 0)
    end as people,
    case
        when compared.base is null then null
        when told.item = 'people_several' then coalesce(several_before.people, 0)
        else coalesce(active_before.people, 0)
    end as people_before,
    case told.item
        when 'partners_live' then coalesce(partners.live, 0)
        when 'contracts_ending' then ending.contracts
        when 'scenes_live' then coalesce(scenes.live, 0)
    end as number,
    case
        when compared.base is null then null
        when told.item = 'partners_live' then coalesce(partners_before.live, 0)
        when told.item = 'scenes_live' then coalesce(scenes_before.live, 0)
    end as number_before,
    case told.item
        when 'five_largest' then partners.five
        when 'people_several' then cast(several.people as double) / nullif(active.people, 0)
    end as share,
    case told.item
        when 'five_largest' then partners_before.five
        when 'people_several' then cast(several_before.people as double)
            / nullif(active_before.people, 0)
    end as share_before,
from told
cross join compared
cross join ending
left join active on active.month = compared.month
left join active as active_before on active_before.month = compared.base
left join several on several.month = compared.month
left join several as several_before on several_before.month = compared.base
left join partners on partners.month = compared.month
left join partners as partners_before on partners_before.month = compared.base
left join scenes on scenes.month = compared.month
left join scenes as scenes_before on scenes_before.month = compared.base
