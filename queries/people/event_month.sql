-- The events of one month with the person they belong to.
--
-- reads  = ["events", "link", "person", "partner"]
-- params = ["from", "to"]
--
-- An event without a customer belongs to the one its scene user is linked to at that time.
-- An id without a person is somebody who has not consented: withheld.
select
    person.person,
    person.person is null
        and coalesce(events.customer_id, link.customer_id) is not null as is_withheld,
    events.customer_id is null and person.person is not null as is_linked,
    cast(partner.partner as smallint) as partner,
    events.scene_user_id,
    day(events.occurred_at) as day,
    events.done,
from events
inner join partner on partner.partner_id = events.partner_id
left join link
    on events.customer_id is null
    and not link.is_ambiguous
    and link.partner_id = events.partner_id
    and link.scene_user_id = events.scene_user_id
    and events.occurred_at >= link.since
    and events.occurred_at < link.until
left join person on person.customer_id = coalesce(events.customer_id, link.customer_id)
where events.occurred_at >= $from and events.occurred_at < $to
