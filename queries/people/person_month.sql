-- Who was active by which definition: one row per definition, month and person.
--
-- reads = ["person_place", "person_cell", "state_before"]
-- month = "month"
-- person = "person"
-- definition = "definition"
-- cells = ["cell", "cell_before"]
-- masks = ["days"]
--
-- Definitions: 1 any_scene, 2 opened, 3 logged_in, 4 transacted. `previous_month` is the last
-- month of activity before this one, null for nobody's first. Where only the last months of
-- somebody are counted again, `state_before` tells what was before them.
with person_days as (
    select
        month,
        person,
        bit_or(any_scene) as any_scene,
        bit_or(opened) as opened,
        bit_or(logged_in) as logged_in,
        bit_or(transacted) as transacted,
    from person_place
    group by month, person
),

by_definition as (
    select 1 as definition, month, person, any_scene as days from person_days where any_scene > 0
    union all
    select 2 as definition, month, person, opened as days from person_days where opened > 0
    union all
    select 3 as definition, month, person, logged_in as days from person_days where logged_in > 0
    union all
    select 4 as definition, month, person, transacted as days from person_days where transacted > 0
),

in_turn as (
    select
        *,
        min(month) over (partition by definition, person) as first_month,
        lag(month) over (partition by definition, person order by month) as previous_month,
    from by_definition
)

select
    cast(in_turn.definition as tinyint) as definition,
    in_turn.month,
    in_turn.person,
    now.cell,
    before.cell as cell_before,
    in_turn.days,
    coalesce(state_before.first_month, in_turn.first_month) as first_month,
    coalesce(in_turn.previous_month, state_before.last_month) as previous_month,
from in_turn
inner join person_cell as now
    on now.person = in_turn.person and in_turn.month between now.since and now.until
inner join person_cell as before
    on before.person = in_turn.person and in_turn.month - 1 between before.since and before.until
left join state_before
    on state_before.definition = in_turn.definition and state_before.person = in_turn.person
