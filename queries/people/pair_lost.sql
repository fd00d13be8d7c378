-- Pairs of scene user and customer that were last seen in a month read again, but not this time.
--
-- reads  = ["pair_seen", "link_seen_known"]
-- params = ["months"]
select link_seen_known.scene_user, link_seen_known.customer
from link_seen_known
anti join pair_seen
    on pair_seen.scene_user = link_seen_known.scene_user
    and pair_seen.customer = link_seen_known.customer
where list_contains($months, link_seen_known.seen_month)
