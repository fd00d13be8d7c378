-- Where the change of active people comes from, by the values of an attribute: it adds up exactly.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- split     = ["people", "people_before"]
-- by        = ["segment", "official_tier", "age_band", "city_tier", "region", "branch"]
-- every     = true
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
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month         = "month"
-- people        = "count"
-- base_month    = "month"
-- people_before = "count"
--
-- [derived]
-- change      = "people - people_before"
-- change_rate = "cast(people - people_before as double) / nullif(people_before, 0)"
--
-- The last finished month against another one. Groups are disjoint sets of people, so that what each
-- of them gained or lost is its part of the change.
with shown as (
    select max(month) as month
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = $definition
    group by month
)

select
    month.first_day as month,
    coalesce(active.people, 0) as people,
    base.first_day as base_month,
    case when base.month is not null then coalesce(before.people, 0) end as people_before,
from shown
inner join month on month.month = shown.month
left join month as base
    on base.month = shown.month - case when $compare > 0 then $compare else shown.month % 12 + 1 end
left join active on active.month = shown.month
left join active as before on before.month = base.month
