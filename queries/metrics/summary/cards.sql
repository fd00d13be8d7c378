-- The numbers a meeting begins with: one row a card, the last finished month of each.
--
-- default   = true
-- grain     = ["card"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = "none"
-- reads     = [
--     "month", "active_month", "account_month", "relationship_month", "target", "export_account",
-- ]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["place"]
-- owner     = "digital_banking"
-- official  = "mau"
--
-- [columns]
-- place             = "rows"
-- card              = "text"
-- month             = "month"
-- people            = "count"
-- people_before     = "count"
-- people_year_start = "count"
-- people_year       = "count"
-- to_date           = "count"
-- to_date_year      = "count"
-- target            = "plan"
-- elapsed_share     = "plan"
--
-- [derived]
-- change_rate       = "cast(people - people_before as double) / nullif(people_before, 0)"
-- year_start_rate   = "cast(people - people_year_start as double) / nullif(people_year_start, 0)"
-- year_rate         = "cast(people - people_year as double) / nullif(people_year, 0)"
-- to_date_rate      = "cast(to_date - to_date_year as double) / nullif(to_date_year, 0)"
-- target_completion = "coalesce(to_date, people) / nullif(target, 0)"
--
-- Levels (active people, full-relationship customers) are compared with the month before, the end
-- of last year and the same month a year ago. What happens within a month (accounts opened, people
-- new to the bank) has no level at the end of last year: it is counted from January on, `to_date`,
-- and compared with the same months a year ago where the data holds them all. A card stands only
-- where its export is delivered. The target is the last of the same year, for the whole bank.
with finished as (
    select month, first_day, last_day
    from month
    where month between $first_month and $last_month and last_day <= $as_of
),

delivered as (
    select export, year(as_of) * 12 + month(as_of) - 1 as last_month
    from export_account
),

counted as (
    select 1 as place, 'mau' as card, month, sum(people) as people, false as is_flow
    from active_month
    where definition = 1
    group by month
    union all
    select 2 as place, 'e_accounts' as card, month, sum(people) as people, true as is_flow
    from account_month
    group by month
    union all
    select 3 as place, 'new_to_bank' as card, month, sum(new_to_bank) as people, true as is_flow
    from account_month
    group by month
    union all
    select 4 as place, 'full_relationship' as card, month, sum(people) as people, false as is_flow
    from relationship_month
    where is_full
    group by month
),

source as (
    select 1 as place, 'mau' as card, false as is_flow, 'events' as export
    union all
    select 2 as place, 'e_accounts' as card, true as is_flow, 'accounts' as export
    union all
    select 3 as place, 'new_to_bank' as card, true as is_flow, 'accounts' as export
    union all
    select 4 as place, 'full_relationship' as card, false as is_flow, 'holdings' as export
),

shown as (
    select
        source.place,
        source.card,
        source.is_flow,
        max(finished.month) as month,
    from source
    inner join delivered on delivered.export = source.export
    inner join finished
        on source.export = 'events'
        or source.export = 'accounts'
        or finished.month <= delivered.last_month
    group by source.place, source.card, source.is_flow
),

summed as (
    select
        shown.place,
        sum(case when counted.month = shown.month then counted.people end) as people,
        sum(case when counted.month = shown.month - 1 then counted.people end) as before,
        sum(
            case when counted.month = shown.month - shown.month % 12 - 1 then counted.people end
        ) as year_start,
        sum(case when counted.month = shown.month - 12 then counted.people end) as year,
        sum(
            case when counted.month between shown.month - shown.month % 12 and shown.month
                then counted.people
            end
        ) as to_date,
        sum(
            case when counted.month between shown.month - 12 - shown.month % 12 and shown.month - 12
                then counted.people
            end
        ) as to_date_year,
    from shown
    left join counted on counted.card = shown.card
    group by shown.place
),

plan as (
    select
        shown.place,
        arg_max(target.kind, target.month) as kind,
        arg_max(target.value, target.month) as value,
    from shown
    inner join target on target.metric = shown.card and target.dimension is null
        and target.month between shown.month - shown.month % 12 and shown.month - shown.month % 12 + 11
    group by shown.place
)

select
    shown.place,
    shown.card,
    month.first_day as month,
    cast(coalesce(summed.people, 0) as bigint) as people,
    case when before.month is not null
        then cast(coalesce(summed.before, 0) as bigint)
    end as people_before,
    case when began.month is not null and not shown.is_flow
        then cast(coalesce(summed.year_start, 0) as bigint)
    end as people_year_start,
    case when year.month is not null
        then cast(coalesce(summed.year, 0) as bigint)
    end as people_year,
    case when shown.is_flow then cast(coalesce(summed.to_date, 0) as bigint) end as to_date,
    case when shown.is_flow and first.month is not null
        then cast(coalesce(summed.to_date_year, 0) as bigint)
    end as to_date_year,
    case
        when shown.is_flow or plan.kind = 'level' then plan.value
        else summed.year_start + plan.value
    end as target,
    cast(dayofyear(month.last_day) as double)
        / nullif(dayofyear(make_date(year(month.last_day), 12, 31)), 0) as elapsed_share,
from shown
inner join month on month.month = shown.month
left join month as before on before.month = shown.month - 1
left join month as began on began.month = shown.month - shown.month % 12 - 1
left join month as year on year.month = shown.month - 12
left join month as first on first.month = shown.month - 12 - shown.month % 12
left join summed on summed.place = shown.place
left join plan on plan.place = shown.place
