-- Months with events of scene users who were nobody until their link changed.
--
-- reads = ["scene_user_month", "link_changed"]
select month, count(distinct scene_user) as count
from scene_user_month
semi join link_changed using (scene_user)
group by month
