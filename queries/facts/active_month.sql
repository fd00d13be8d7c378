-- People active in a month, by what they were a month earlier.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people", "new", "resurrected", "retained", "kept"]
--
-- [cells]
-- cell = 0
--
-- `retained` counts people by their cell now, `kept` the same people by their cell a month before:
-- lapsed is then people of the month before minus kept, under any filter, without a join.
with now as (
    select
        definition,
        month,
        cell,
        count(*) as people,
        count(*) filter (where previous_month is null) as new,
        count(*) filter (where previous_month < month - 1) as resurrected,
        count(*) filter (where previous_month = month - 1) as retained,
        0 as kept,
    from person_month
    where days > 0
    group by definition, month, cell
),

before as (
    select
        definition,
        month,
        cell_before as cell,
        0 as people,
        0 as new,
        0 as resurrected,
        0 as retained,
        count(*) as kept,
    from person_month
    where previous_month = month - 1 and days > 0
    group by definition, month, cell_before
)

select
    definition,
    month,
    cell,
    cast(sum(people) as bigint) as people,
    cast(sum(new) as bigint) as new,
    cast(sum(resurrected) as bigint) as resurrected,
    cast(sum(retained) as bigint) as retained,
    cast(sum(kept) as bigint) as kept,
from (
    select * from now
    union all
    select * from before
) as both_ways
group by definition, month, cell
