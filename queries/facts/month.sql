-- Every calendar month of the data, also those in which nothing happened.
--
-- reads = ["event_day"]
-- month = "month"
--
-- `is_first`: in the first three months somebody who returns after a quarter still looks new.
with span as (
    select
        min(year(day) * 12 + month(day) - 1) as first_month,
        max(year(day) * 12 + month(day) - 1) as last_month,
    from event_day
),

numbered as (
    select first_month, unnest(generate_series(first_month, last_month)) as month
    from span
)

select
    cast(month as smallint) as month,
    make_date(month // 12, month % 12 + 1, 1) as first_day,
    last_day(make_date(month // 12, month % 12 + 1, 1)) as last_day,
    month > first_month as has_before,
    month < first_month + 3 as is_first,
from numbered
