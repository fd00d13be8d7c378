-- Scene users whose link is not what it was.
--
-- reads = ["link", "link_known", "link_anew"]
--
-- `is_first`: nobody was believed to be behind them, and one customer is now, for all of time. So
-- all that they did is that customer's. Of others only the events tell what was whose.
with new as (
    select link.* from link semi join link_anew using (scene_user)
),

old as (
    select link_known.* from link_known semi join link_anew using (scene_user)
),

changed as (
    (select * from new except select * from old)
    union all
    (select * from old except select * from new)
),

now as (
    select
        scene_user,
        not bool_or(is_ambiguous) as is_linked,
        bool_and(since = date '0001-01-01' and until = date '9999-12-31') as is_always,
    from new
    group by scene_user
),

before as (
    select scene_user, not bool_or(is_ambiguous) as is_linked
    from old
    group by scene_user
)

select distinct
    changed.scene_user,
    not coalesce(before.is_linked, false)
    and coalesce(now.is_linked and now.is_always, false) as is_first,
    coalesce(before.is_linked, false) or coalesce(now.is_linked, false) as is_somebody,
from changed
left join now on now.scene_user = changed.scene_user
left join before on before.scene_user = changed.scene_user
