-- Which customers a scene user was seen with in all of the data, and when last.
--
-- reads  = ["pair_seen", "link_seen_known"]
-- params = ["months"]
--
-- `pair_seen` holds the months that this build reads ($months), the generation before the others.
select
    scene_user,
    customer,
    max(seen_month) as seen_month,
from (
    select scene_user, customer, seen_month from pair_seen
    union all
    select scene_user, customer, seen_month
    from link_seen_known
    where not list_contains($months, seen_month)
) as seen
group by scene_user, customer
