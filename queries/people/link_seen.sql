-- Which customers a partner's scene user was seen with, in events that carry both ids.
--
-- reads = ["events"]
--
-- `seen_month` is the last month in which the two were seen together.
select
    partner_id,
    scene_user_id,
    customer_id,
    max(year(occurred_at) * 12 + month(occurred_at) - 1) as seen_month,
from events
where customer_id is not null and scene_user_id is not null
group by partner_id, scene_user_id, customer_id
