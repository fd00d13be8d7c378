-- Scene users whose link may not be what the generation before knew.
--
-- reads = ["pair_seen", "pair_lost", "link_seen_known", "link_told", "link_told_known"]
--
-- A pair that was seen again says nothing new.
select scene_user from pair_seen anti join link_seen_known using (scene_user, customer)
union
select scene_user from pair_lost
union
select scene_user from (select * from link_told except all select * from link_told_known) as new
union
select scene_user from (select * from link_told_known except all select * from link_told) as gone
