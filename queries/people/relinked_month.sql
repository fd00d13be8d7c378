-- Months with events of scene users who are, or were, somebody's for a part of the time.
--
-- reads = ["events", "link_changed"]
with relinked as (
    select scene_user
    from link_changed
    where is_somebody and not is_first
)

select
    year(occurred_at) * 12 + month(occurred_at) - 1 as month,
    count(distinct events.scene_user) as count,
from events
semi join relinked on relinked.scene_user = events.scene_user
where events.customer_id is null
group by year(occurred_at) * 12 + month(occurred_at) - 1
