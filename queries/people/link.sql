-- Which customer a partner's scene user is, learnt from events that carry both ids.
--
-- reads = ["events"]
--
-- A scene user with two customers is ambiguous: the link is not applied, and is counted.
select
    partner_id,
    scene_user_id,
    min(customer_id) as customer_id,
    min(customer_id) <> max(customer_id) as is_ambiguous,
from events
where customer_id is not null and scene_user_id is not null
group by partner_id, scene_user_id
