-- Scene users whose link is not what it was, and whether one was in force.
--
-- reads = ["link", "link_known"]
with changed as (
    (select * from link except select * from link_known)
    union all
    (select * from link_known except select * from link)
)

select
    changed.scene_user,
    coalesce(bool_or(not link_known.is_ambiguous), false) as was_linked,
from changed
left join link_known on link_known.scene_user = changed.scene_user
group by changed.scene_user
