-- Scene users whose link is not what it was.
--
-- reads = ["link", "link_known"]
--
-- `is_first`: nobody was believed to be behind them, and one customer is now, for all of time. So
-- all that they did is that customer's. Of others only the events tell what was whose.
with changed as (
    (select * from link except select * from link_known)
    union all
    (select * from link_known except select * from link)
),

now as (
    select
        scene_user,
        not bool_or(is_ambiguous) as is_linked,
        bool_and(since = date '0001-01-01' and until = date '9999-12-31') as is_always,
    from link
    group by scene_user
),

before as (
    select scene_user, not bool_or(is_ambiguous) as is_linked
    from link_known
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
