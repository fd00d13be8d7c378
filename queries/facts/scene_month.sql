-- People active in a scene in a month. Scenes overlap: their sum is the gross count.
--
-- reads  = ["person_place", "person_cell", "partner"]
-- month  = "month"
-- counts = ["people"]
--
-- [cells]
-- cell = 0
with person_scene as (
    select
        person_place.month,
        person_place.person,
        coalesce(partner.scene, 'unknown') as scene,
        bit_or(person_place.any_scene) as any_scene,
        bit_or(person_place.opened) as opened,
        bit_or(person_place.logged_in) as logged_in,
        bit_or(person_place.transacted) as transacted,
    from person_place
    inner join partner on partner.partner = person_place.partner
    group by person_place.month, person_place.person, coalesce(partner.scene, 'unknown')
),

by_cell as (
    select
        person_scene.month,
        person_scene.scene,
        person_cell.cell,
        count(*) filter (where any_scene > 0) as any_scene,
        count(*) filter (where opened > 0) as opened,
        count(*) filter (where logged_in > 0) as logged_in,
        count(*) filter (where transacted > 0) as transacted,
    from person_scene
    inner join person_cell
        on person_cell.person = person_scene.person
        and person_scene.month between person_cell.since and person_cell.until
    group by person_scene.month, person_scene.scene, person_cell.cell
)

select * from (
    select cast(1 as tinyint) as definition, month, scene, cell, any_scene as people from by_cell
    union all
    select cast(2 as tinyint) as definition, month, scene, cell, opened as people from by_cell
    union all
    select cast(3 as tinyint) as definition, month, scene, cell, logged_in as people from by_cell
    union all
    select cast(4 as tinyint) as definition, month, scene, cell, transacted as people from by_cell
) as by_definition
where people > 0
