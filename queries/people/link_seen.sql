-- Which customers a scene user was seen with in all of the data, and when last.
--
-- reads  = ["pair_seen", "link_seen_known"]
-- params = ["months"]
--
-- Only what this build tells anew: `pair_seen` holds the months that it reads ($months), and days
-- that are added. The rows go into the place of those that the generation before knew.
with known as (
    select *
    from link_seen_known
    where not list_contains($months, seen_month)
)

select pair_seen.scene_user, pair_seen.customer, pair_seen.seen_month
from pair_seen
left join known using (scene_user, customer)
where known.seen_month is null or known.seen_month < pair_seen.seen_month
