-- Monthly active users: how many people did anything that counts, month by month.
--
-- default   = true
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "unmatched_month", "target", "calendar_note"]
-- params    = ["first_month", "last_month", "as_of", "is_filtered"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- official  = "mau"
-- base      = "base_month"
-- split     = ["people", "people_before"]
-- differences = [["gross", "people"]]
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
-- month                   = "month"
-- people                  = "count"
-- is_complete             = "flag"
-- base_month              = "month"
-- people_before           = "count"
-- gross                   = "count"
-- unmatched               = "count"
-- target_level            = "plan"
-- target_increase         = "plan"
-- target_base             = "count"
-- crosses_spring_festival = "flag"
--
-- [previous]
-- people_before = "people"
--
-- [derived]
-- change_rate       = "cast(people - people_before as double) / nullif(people_before, 0)"
-- overlap_factor    = "cast(gross as double) / nullif(people, 0)"
-- target            = "coalesce(target_level, target_base + target_increase)"
-- target_completion = "people / nullif(coalesce(target_level, target_base + target_increase), 0)"
--
-- Gross adds up the people of every scene; it is null where no scene is known, and in a month that
-- an earlier day cuts. Unmatched scene users are not people yet: beside the total, never in it, and
-- only for the whole bank. A month is compared with the month so many months earlier, or with the
-- last month of the year before.
with distinct_people as (
    select
        month,
        cast(sum(people) as bigint) as people,
        cast(sum(scenes) as bigint) as scenes,
        sum(known_scenes) as known_scenes,
    from active_month
    where definition = $definition
    group by month
),

unmatched as (
    select month, users
    from unmatched_month
    where definition = $definition
),

plan as (
    select
        month,
        max(case when kind = 'level' then value end) as target_level,
        max(case when kind <> 'level' then value end) as target_increase,
    from target
    where metric = 'mau' and dimension is null and $definition = 1
    group by month
),

festival as (
    select distinct month
    from calendar_note
    where kind = 'spring_festival'
),

compared as (
    select
        month,
        month - case when $compare > 0 then $compare else month % 12 + 1 end as base_month,
    from month
)

select
    month.first_day as month,
    coalesce(distinct_people.people, 0) as people,
    month.last_day <= $as_of as is_complete,
    base.first_day as base_month,
    case when base.month is not null then coalesce(before.people, 0) end as people_before,
    case when distinct_people.known_scenes > 0 then distinct_people.scenes end as gross,
    case when not $is_filtered then coalesce(unmatched.users, 0) end as unmatched,
    plan.target_level,
    plan.target_increase,
    case when plan.target_increase is not null then year_start.people end as target_base,
    base.month is not null
        and (festival.month is null) <> (festival_before.month is null) as crosses_spring_festival,
from month
inner join compared on compared.month = month.month
left join month as base on base.month = compared.base_month
left join distinct_people on distinct_people.month = month.month
left join distinct_people as before on before.month = base.month
left join distinct_people as year_start on year_start.month = (month.month // 12) * 12 - 1
left join unmatched on unmatched.month = month.month
left join plan on plan.month = month.month
left join festival on festival.month = month.month
left join festival as festival_before on festival_before.month = compared.base_month
where month.month between $first_month and $last_month
