-- Monthly active users to the end of the year: what is known, and what exponential smoothing expects.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "model"
-- direction = "up is better"
-- people    = "least_people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "calendar_note"]
-- params    = ["last_month", "as_of"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- statistic = "forecast.monthly"
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [options.outlook]
-- hide = 0
-- show = 1
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month        = "month"
-- people       = "count"
-- least_people = "count"
-- expected     = "derived"
-- low          = "derived"
-- high         = "derived"
-- method       = "text"
-- refusal      = "text"
-- mase         = "derived"
-- mase_naive   = "derived"
-- coverage     = "derived"
-- tried        = "rows"
--
-- All finished months of the data, whatever the first month chosen, and those to come up to December.
-- `least_people` is the least people of a month: what is made from few people is hidden with them. Whether it is shown is a choice of the page; the answer is the same.
with finished as (
    select min(month) as first, max(month) as last
    from month
    where last_day <= $as_of and month <= $last_month
),

span as (
    select first, last, unnest(generate_series(first, last + 1 + 11 - (last + 1) % 12)) as month
    from finished
    where last is not null and $outlook >= 0
),

active as (
    select month, cast(sum(people) as bigint) as people
    from active_month
    where definition = $definition
    group by month
),

festival as (
    select distinct month
    from calendar_note
    where kind = 'spring_festival'
)

select
    make_date(span.month // 12, span.month % 12 + 1, 1) as month,
    case when span.month <= span.last then coalesce(active.people, 0) end as people,
    festival.month is not null as is_festival,
    (select count(*) from festival) > 0 as knows_festival,
from span
left join active on active.month = span.month
left join festival on festival.month = span.month
