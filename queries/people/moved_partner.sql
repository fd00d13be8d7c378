-- What scene users did, as rows of person_partner.
--
-- reads = ["scene_user_moved"]
select month, person, partner, any_scene, opened, logged_in, transacted
from scene_user_moved
where person is not null and any_scene > 0
