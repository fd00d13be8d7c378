-- People active in a scene in a month. Scenes overlap: their sum is the gross count.
--
-- reads  = ["person_place", "person_cell", "partner"]
-- month  = "month"
-- counts = ["people", "days", "events", "fen"]
--
-- [cells]
-- cell = 0
--
-- Days, events and fen are all that the people counted did in the scene, in the month.
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

by_definition as (
    select 1 as definition, any_scene as days, * from person_scene where any_scene > 0
    union all
    select 2 as definition, opened as days, * from person_scene where opened > 0
    union all
    select 3 as definition, logged_in as days, * from person_scene where logged_in > 0
    union all
    select 4 as definition, transacted as days, * from person_scene where transacted > 0
)

select
    cast(by_definition.definition as tinyint) as definition,
    by_definition.month,
    by_definition.scene,
    person_cell.cell,
    count(*) as people,
    cast(sum(bit_count(by_definition.days)) as bigint) as days,
    cast(sum(by_definition.events) as bigint) as events,
    cast(sum(by_definition.fen) as bigint) as fen,
from by_definition
inner join person_cell
    on person_cell.person = by_definition.person
    and by_definition.month between person_cell.since and person_cell.until
group by by_definition.definition, by_definition.month, by_definition.scene, person_cell.cell
