-- Scene users whose link may not be what the generation before knew.
--
-- reads  = ["pair_seen", "pair_lost", "link_seen_known", "link_told", "link_told_known"]
-- params = ["is_told_anew", "told_until"]
--
-- A pair that was seen again says nothing new. What the bank declares is compared only where it
-- can have changed; else there is more of it since $told_until, and nothing besides.
select scene_user from pair_seen anti join link_seen_known using (scene_user, customer)
union
select scene_user from pair_lost
union
select scene_user
from (select * from link_told except all select * from link_told_known) as new
where $is_told_anew
union
select scene_user
from (select * from link_told_known except all select * from link_told) as gone
where $is_told_anew
union
select scene_user
from link_told
where not $is_told_anew and linked_on > $told_until
