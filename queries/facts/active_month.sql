-- People active in a month, by what they were a month earlier.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people", "new", "resurrected", "retained", "kept", "scenes", "known_scenes"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
--
-- `retained` counts people by their cell now, `kept` the same people by their cell a month before:
-- lapsed is then people of the month before minus kept, under any filter, without a join.
-- `scenes` counts people once for each scene: what the people of all scenes add up to.
with both_ways as (
    select
        definition,
        month,
        cell,
        cell_before,
        count(*) as people,
        count(*) filter (where previous_month is null) as new,
        count(*) filter (where previous_month < month - 1) as resurrected,
        count(*) filter (where previous_month = month - 1) as retained,
        sum(scenes) as scenes,
        sum(known_scenes) as known_scenes,
    from person_month
    where days > 0
    group by definition, month, cell, cell_before
),

by_cell as (
    select
        definition,
        month,
        cell,
        people,
        new,
        resurrected,
        retained,
        0 as kept,
        scenes,
        known_scenes,
    from both_ways
    union all
    select
        definition,
        month,
        cell_before as cell,
        0 as people,
        0 as new,
        0 as resurrected,
        0 as retained,
        retained as kept,
        0 as scenes,
        0 as known_scenes,
    from both_ways
    where retained > 0
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
    cast(sum(scenes) as bigint) as scenes,
    cast(sum(known_scenes) as bigint) as known_scenes,
from by_cell
group by definition, month, cell
