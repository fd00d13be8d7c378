-- The events of one month with the person they belong to.
--
-- reads  = ["events", "link", "person", "partner", "channel"]
-- params = ["from", "to"]
--
-- An event without a customer belongs to the one its scene user is linked to at that time.
-- An id without a person is somebody who has not consented: withheld.
with event as (
    select
        customer_id,
        partner_id,
        channel_id,
        case when customer_id is null then scene_user end as scene_user,
        occurred_at,
        done,
        fen,
    from events
    where occurred_at >= $from and occurred_at < $to
)

select
    coalesce(person.person, linked.person) as person,
    coalesce(person.person, linked.person) is null
        and (event.customer_id is not null or link.customer is not null) as is_withheld,
    linked.person is not null as is_linked,
    cast(partner.partner as smallint) as partner,
    cast(channel.channel as smallint) as channel,
    case when linked.person is null then event.scene_user end as scene_user,
    day(event.occurred_at) as day,
    event.done,
    event.fen,
from event
inner join partner on partner.partner_id = event.partner_id
inner join channel on channel.channel_id = event.channel_id
left join person on person.customer_id = event.customer_id
left join link
    on link.scene_user = event.scene_user
    and not link.is_ambiguous
    and event.occurred_at >= link.since
    and event.occurred_at < link.until
left join person as linked on linked.customer = link.customer
