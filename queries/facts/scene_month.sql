-- People active in a scene in a month. Scenes overlap: their sum is the gross count.
--
-- reads  = ["person_place", "person_cell", "partner"]
-- month  = "month"
-- counts = ["people", "days", "events", "fen"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
--
-- Days, events and fen are all that the people counted did in the scene, in the month.
-- Of each person `met` holds a bit for each definition that they met there, so that they are gone
-- through once for all four.
with person_scene as (
    select
        person_place.month,
        person_place.person,
        coalesce(partner.scene, 'unknown') as scene,
        bit_or(person_place.any_scene) as any_scene,
        bit_or(person_place.opened) as opened,
        bit_or(person_place.logged_in) as logged_in,
        bit_or(person_place.transacted) as transacted,
        sum(person_place.events) as events,
        sum(person_place.fen) as fen,
    from person_place
    inner join partner on partner.partner = person_place.partner
    group by person_place.month, person_place.person, coalesce(partner.scene, 'unknown')
),

by_met as (
    select
        person_scene.month,
        person_scene.scene,
        person_cell.cell,
        case when person_scene.any_scene > 0 then 1 else 0 end
            + case when person_scene.opened > 0 then 2 else 0 end
            + case when person_scene.logged_in > 0 then 4 else 0 end
            + case when person_scene.transacted > 0 then 8 else 0 end as met,
        count(*) as people,
        sum(bit_count(person_scene.any_scene)) as days_1,
        sum(bit_count(person_scene.opened)) as days_2,
        sum(bit_count(person_scene.logged_in)) as days_3,
        sum(bit_count(person_scene.transacted)) as days_4,
        sum(person_scene.events) as events,
        sum(person_scene.fen) as fen,
    from person_scene
    inner join person_cell
        on person_cell.person = person_scene.person
        and person_scene.month between person_cell.since and person_cell.until
    group by person_scene.month, person_scene.scene, person_cell.cell, met
),

definition as (
    select unnest(generate_series(1, 4)) as definition
)

select
    cast(definition.definition as tinyint) as definition,
    by_met.month,
    by_met.scene,
    by_met.cell,
    cast(sum(by_met.people) as bigint) as people,
    cast(
        sum(
            case definition.definition
                when 1 then by_met.days_1
                when 2 then by_met.days_2
                when 3 then by_met.days_3
                else by_met.days_4
            end
        ) as bigint
    ) as days,
    cast(sum(by_met.events) as bigint) as events,
    cast(sum(by_met.fen) as bigint) as fen,
from by_met
cross join definition
where (by_met.met >> (definition.definition - 1)) & 1 = 1
group by definition.definition, by_met.month, by_met.scene, by_met.cell
