-- Months with events of people who came to be counted, or no longer are.
--
-- reads = ["events", "consent_changed", "link", "link_known"]
with changed_link as (
    select scene_user from link semi join consent_changed using (customer)
    union
    select scene_user from link_known semi join consent_changed using (customer)
),

concerned as (
    select year(events.occurred_at) * 12 + month(events.occurred_at) - 1 as month
    from events
    semi join consent_changed
        on consent_changed.customer = cast(md5(events.customer_id) as uuid)
    union all
    select year(events.occurred_at) * 12 + month(events.occurred_at) - 1 as month
    from events
    semi join changed_link on changed_link.scene_user = events.scene_user
    where events.customer_id is null
)

select month, count(*) as count
from concerned
group by month
