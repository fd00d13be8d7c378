-- Who was active by which definition: one row per definition, month and person.
--
-- reads = ["person_place", "partner", "person_cell", "month", "state_before"]
-- month = "month"
-- person = "person"
-- definition = "definition"
-- masks = ["days"]
-- counts = ["scenes", "known_scenes"]
-- tail  = "tail"
--
-- [cells]
-- cell        = 0
-- cell_before = -1
-- cell_first  = "first_month"
--
-- Definitions: 1 any_scene, 2 opened, 3 logged_in, 4 transacted. `previous_month` is the last
-- month of activity before this one, null for nobody's first. `tail` are the 28 days before the
-- month, the last one the highest bit: windows of days reach into it. So whoever has a tail has a
-- row, without days where there were none. Where only the last months of somebody are counted
-- again, `state_before` tells what was before them. `scenes` counts the scenes of the month, all
-- unknown ones as one, `known_scenes` without it.
with person_scene as (
    select
        person_place.month,
        person_place.person,
        partner.scene,
        bit_or(person_place.any_scene) as any_scene,
        bit_or(person_place.opened) as opened,
        bit_or(person_place.logged_in) as logged_in,
        bit_or(person_place.transacted) as transacted,
    from person_place
    inner join partner on partner.partner = person_place.partner
    group by person_place.month, person_place.person, partner.scene
),

person_days as (
    select
        month,
        person,
        bit_or(any_scene) as any_scene,
        bit_or(opened) as opened,
        bit_or(logged_in) as logged_in,
        bit_or(transacted) as transacted,
        count(*) filter (where any_scene > 0) as scenes_1,
        count(*) filter (where opened > 0) as scenes_2,
        count(*) filter (where logged_in > 0) as scenes_3,
        count(*) filter (where transacted > 0) as scenes_4,
        count(scene) filter (where any_scene > 0) as known_1,
        count(scene) filter (where opened > 0) as known_2,
        count(scene) filter (where logged_in > 0) as known_3,
        count(scene) filter (where transacted > 0) as known_4,
    from person_scene
    group by month, person
),

by_definition as (
    select
        1 as definition, month, person, any_scene as days, scenes_1 as scenes, known_1 as known
    from person_days
    where any_scene > 0
    union all
    select 2 as definition, month, person, opened as days, scenes_2 as scenes, known_2 as known
    from person_days
    where opened > 0
    union all
    select 3 as definition, month, person, logged_in as days, scenes_3 as scenes, known_3 as known
    from person_days
    where logged_in > 0
    union all
    select 4 as definition, month, person, transacted as days, scenes_4 as scenes, known_4 as known
    from person_days
    where transacted > 0
),

activity as (
    select
        definition,
        month,
        person,
        days,
        scenes,
        known,
        month as first_month,
        true as is_counted,
        true as has_next,
    from by_definition
    union all
    select
        definition,
        last_month as month,
        person,
        last_days as days,
        0 as scenes,
        0 as known,
        first_month,
        false as is_counted,
        is_just_before as has_next,
    from state_before
),

in_turn as (
    select
        *,
        min(first_month) over (partition by definition, person) as first_of_all,
        lag(month) over (partition by definition, person order by month) as previous_month,
        lag(days) over (partition by definition, person order by month) as days_before,
        lead(month) over (partition by definition, person order by month) as next_month,
    from activity
),

length as (
    select
        month,
        day(last_day) as days,
        month < max(month) over () as has_next,
    from month
),

counted as (
    select
        in_turn.definition,
        in_turn.month,
        in_turn.person,
        in_turn.days,
        in_turn.scenes,
        in_turn.known,
        case
            when in_turn.previous_month = in_turn.month - 1
            then in_turn.days_before >> (length.days - 28)
            else 0
        end as tail,
        in_turn.first_of_all as first_month,
        in_turn.previous_month,
    from in_turn
    left join length on length.month = in_turn.month - 1
    where in_turn.is_counted
    union all
    select
        in_turn.definition,
        in_turn.month + 1 as month,
        in_turn.person,
        0 as days,
        0 as scenes,
        0 as known,
        in_turn.days >> (length.days - 28) as tail,
        in_turn.first_of_all as first_month,
        in_turn.month as previous_month,
    from in_turn
    inner join length on length.month = in_turn.month and length.has_next
    where in_turn.has_next
        and in_turn.next_month is distinct from in_turn.month + 1
        and in_turn.days >> (length.days - 28) > 0
)

select
    cast(counted.definition as tinyint) as definition,
    cast(counted.month as smallint) as month,
    counted.person,
    now.cell,
    before.cell as cell_before,
    first.cell as cell_first,
    cast(counted.days as bigint) as days,
    cast(counted.scenes as smallint) as scenes,
    cast(counted.known as smallint) as known_scenes,
    cast(counted.tail as bigint) as tail,
    cast(counted.first_month as smallint) as first_month,
    cast(counted.previous_month as smallint) as previous_month,
from counted
inner join person_cell as now
    on now.person = counted.person and counted.month between now.since and now.until
inner join person_cell as before
    on before.person = counted.person and counted.month - 1 between before.since and before.until
inner join person_cell as first
    on first.person = counted.person and counted.first_month between first.since and first.until
