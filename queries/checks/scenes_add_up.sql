-- Months in which the scenes of all people are not the people of all scenes.
--
-- reads = ["active_month", "scene_month"]
with by_person as (
    select definition, month, sum(scenes) as scenes
    from active_month
    group by definition, month
),

by_scene as (
    select definition, month, sum(people) as people
    from scene_month
    group by definition, month
)

select definition, month, scenes, people
from by_person
full join by_scene using (definition, month)
where scenes is distinct from people
