-- Which customers a partner's scene user was seen with, in events that carry both ids.
--
-- reads = ["events"]
--
-- `seen_month` is the last month in which the two were seen together. The two ids are kept as
-- one-way digests, since some of them belong to people who have not consented.
with pair as (
    select
        coalesce(partner_id, '') as partner_id,
        scene_user_id,
        customer_id,
        max(year(occurred_at) * 12 + month(occurred_at) - 1) as seen_month,
    from events
    where customer_id is not null and scene_user_id is not null
    group by coalesce(partner_id, ''), scene_user_id, customer_id
)

select
    cast(md5(partner_id || chr(31) || scene_user_id) as uuid) as scene_user,
    cast(md5(customer_id) as uuid) as customer,
    seen_month,
from pair
