-- Who was active by which definition: one row per definition, month and person.
--
-- reads  = ["person_partner", "person_cell", "state"]
-- month  = "month"
-- cells  = ["cell", "cell_before"]
-- masks  = ["days"]
-- params = ["month"]
--
-- Definitions: 1 any_scene, 2 opened, 3 logged_in, 4 transacted. `previous_month` is the last
-- month of activity before this one, null for nobody's first.
with person_days as (
    select
        person,
        bit_or(any_scene) as any_scene,
        bit_or(opened) as opened,
        bit_or(logged_in) as logged_in,
        bit_or(transacted) as transacted,
    from person_partner
    group by person
),

by_definition as (
    select 1 as definition, person, any_scene as days from person_days
    union all
    select 2 as definition, person, opened as days from person_days
    union all
    select 3 as definition, person, logged_in as days from person_days
    union all
    select 4 as definition, person, transacted as days from person_days
)

select
    cast(by_definition.definition as tinyint) as definition,
    cast($month as smallint) as month,
    by_definition.person,
    now.cell,
    before.cell as cell_before,
    by_definition.days,
    cast(coalesce(state.first_month, $month) as smallint) as first_month,
    cast(state.last_month as smallint) as previous_month,
from by_definition
inner join person_cell as now
    on now.person = by_definition.person and $month between now.since and now.until
inner join person_cell as before
    on before.person = by_definition.person and $month - 1 between before.since and before.until
left join state
    on state.definition = by_definition.definition and state.person = by_definition.person
where by_definition.days > 0
