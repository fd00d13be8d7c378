-- Which customers a scene user was seen with in all of the data, and when last.
--
-- reads  = ["pair_seen", "link_seen_known"]
-- params = ["months"]
--
-- `pair_seen` holds the months that this build reads ($months), the generation before the others.
with known as (
    select *
    from link_seen_known
    where not list_contains($months, seen_month)
)

select known.scene_user, known.customer, known.seen_month
from known
anti join pair_seen using (scene_user, customer)
union all
select
    pair_seen.scene_user,
    pair_seen.customer,
    greatest(pair_seen.seen_month, coalesce(known.seen_month, 0)) as seen_month,
from pair_seen
left join known using (scene_user, customer)
