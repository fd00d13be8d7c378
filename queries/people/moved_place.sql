-- What scene users did, as rows of person_place.
--
-- reads = ["scene_user_moved"]
select
    month,
    person,
    partner,
    channel,
    any_scene,
    opened,
    logged_in,
    transacted,
    events,
    fen,
from scene_user_moved
where person is not null and any_scene > 0
