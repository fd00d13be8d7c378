-- Growth accounting and its sums, month by month: by how many people they miss.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = "none"
-- reads     = ["month", "active_month", "scene_month"]
-- params    = ["first_month", "last_month", "is_filtered"]
-- order     = ["month"]
-- owner     = "data_office"
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month            = "month"
-- people           = "count"
-- missed_by_parts  = "derived"
-- missed_by_change = "derived"
-- missed_by_scenes = "derived"
--
-- Parts: active people less new, retained and returned. Change: that on the month before less new
-- and returned, plus lapsed; null in the first month. Scenes: people whom no scene has, which is
-- so when people of all scenes together are fewer than people. All are 0 in a sound generation.
with active as (
    select
        month,
        cast(sum(people) as bigint) as people,
        cast(sum(new) as bigint) as new,
        cast(sum(resurrected) as bigint) as resurrected,
        cast(sum(retained) as bigint) as retained,
        cast(sum(kept) as bigint) as kept,
    from active_month
    where definition = $definition
    group by month
),

scenes as (
    select month, cast(sum(people) as bigint) as people
    from scene_month
    where definition = $definition
    group by month
),

whole as (
    select
        month.month,
        month.first_day,
        month.has_before,
        coalesce(active.people, 0) as people,
        coalesce(active.new, 0) as new,
        coalesce(active.resurrected, 0) as resurrected,
        coalesce(active.retained, 0) as retained,
        coalesce(active.kept, 0) as kept,
        coalesce(before.people, 0) as people_before,
        coalesce(scenes.people, 0) as in_scenes,
    from month
    left join active on active.month = month.month
    left join active as before on before.month = month.month - 1
    left join scenes on scenes.month = month.month
)

select
    first_day as month,
    people,
    people - new - retained - resurrected as missed_by_parts,
    case
        when has_before
        then people - people_before - new - resurrected + (people_before - kept)
    end as missed_by_change,
    greatest(people - in_scenes, 0) as missed_by_scenes,
from whole
where month between $first_month and $last_month and not $is_filtered
