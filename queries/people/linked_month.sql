-- Months in which scene users were nobody until a link told who they are.
--
-- reads = ["scene_user_moved"]
select month, count(distinct scene_user) as count
from scene_user_moved
group by month
