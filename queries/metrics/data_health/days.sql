-- Rows by day, of every export that comes by day: gaps, and days with few rows.
--
-- grain     = ["export", "day"]
-- unit      = "rows"
-- kind      = "full count"
-- direction = "none"
-- people    = "rows"
-- where     = "none"
-- reads     = ["export_day", "export_account", "month"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["export", "day"]
-- owner     = "data_office"
--
-- [columns]
-- export     = "text"
-- day        = "date"
-- rows       = "count"
-- usual_rows = "derived"
--
-- [derived]
-- share_of_usual = "cast(rows as double) / nullif(usual_rows, 0)"
--
-- An export comes by day when on more than half of the days of the period it has ten rows or more:
-- where one or two are usual, none says nothing. Usual is the median of the same weekday in the
-- eight weeks before. A day may speak of a single person, so few rows are hidden; none are shown.
with span as (
    select
        min(first_day) as first_day,
        least(max(last_day), cast($as_of as date)) as last_day,
    from month
    where month between $first_month and $last_month
),

ours as (
    select export, min(day) as first_day
    from export_day
    where day <= $as_of
    group by export
),

expected as (
    select
        ours.export,
        cast(
            unnest(
                generate_series(
                    greatest(ours.first_day, span.first_day), span.last_day, interval 1 day
                )
            ) as date
        ) as day,
    from ours
    cross join span
    inner join export_account
        on export_account.export = ours.export and not export_account.is_monthly
    where ours.first_day <= span.last_day
),

counted as (
    select
        expected.export,
        expected.day,
        coalesce(export_day.rows, 0) as rows,
        count(*) filter (where export_day.rows >= 10) over (
            partition by expected.export
        ) as days_with_rows,
        count(*) over (partition by expected.export) as days,
    from expected
    left join export_day
        on export_day.export = expected.export and export_day.day = expected.day
),

daily as (
    select export, day, rows
    from counted
    where 2 * days_with_rows > days
)

select
    daily.export,
    daily.day,
    daily.rows,
    median(earlier.rows) as usual_rows,
from daily
left join export_day as earlier
    on earlier.export = daily.export
    and date_diff('day', earlier.day, daily.day) between 7 and 56
    and date_diff('day', earlier.day, daily.day) % 7 = 0
group by daily.export, daily.day, daily.rows
