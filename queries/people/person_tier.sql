-- Assets under management and tier: one row per month and person, from their first holding on.
--
-- reads  = ["person_holding", "person_profile", "delivered"]
-- params = [
--     "months", "aum", "official", "tiers", "bounds", "top", "months_below", "top_months_below",
-- ]
--
-- AUM is the month's average over the categories that count ($aum), or what was held at its end
-- where no averages are delivered. A month of the export ($months) without a row is nothing held.
-- The bank's own tier wins, where it delivers one ($official, its place in a profile). Else the
-- months before a month tell its tier: up as soon as one reached it, down once $months_below
-- months did not ($top_months_below for the highest, $top); of the first month it tells itself.
with told as (
    select count(*) > 0 as by_average
    from delivered
    where export = 'holdings' and name = 'balance_average'
),

calendar as (
    select unnest($months) as month
),

holder as (
    select person, min(month) as since
    from person_holding
    group by person
),

aum as (
    select
        month,
        person,
        sum(case when (select by_average from told) then fen_average else fen_end end) as fen,
    from person_holding
    where list_contains($aum, category)
    group by month, person
),

banded as (
    select
        calendar.month,
        calendar.month = $months[1] as is_first,
        holder.person,
        coalesce(aum.fen, 0) as aum_fen,
        array_length(list_filter($bounds, lambda bound: bound <= coalesce(aum.fen, 0))) as band,
    from holder
    inner join calendar on calendar.month >= holder.since
    left join aum on aum.month = calendar.month and aum.person = holder.person
),

reached as (
    select
        *,
        max(least(band, $top - 1)) over (
            partition by person order by month
            rows between $months_below preceding and 1 preceding
        ) as lately,
        max(band) over (
            partition by person order by month
            rows between $top_months_below preceding and 1 preceding
        ) as highest,
    from banded
),

placed as (
    select
        month,
        person,
        cast(aum_fen as bigint) as aum_fen,
        case
            when is_first then band
            when highest = $top then $top
            else coalesce(lately, 0)
        end as place,
    from reached
)

select
    cast(placed.month as smallint) as month,
    placed.person,
    placed.aum_fen,
    case
        when $official > 0 then person_profile.profile[$official]
        else $tiers[placed.place + 1]
    end as tier,
from placed
inner join person_profile
    on person_profile.person = placed.person
    and placed.month between person_profile.since and person_profile.until
