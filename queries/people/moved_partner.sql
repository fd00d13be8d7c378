-- Rows of person_partner that what scene users did is added to.
--
-- reads = ["scene_user_moved", "person_partner"]
-- month = "month"
-- masks = ["any_scene", "opened", "logged_in", "transacted"]
with added as (
    select month, person, partner, any_scene, opened, logged_in, transacted
    from scene_user_moved
    where person is not null and any_scene > 0
)

select
    month,
    person,
    partner,
    bit_or(any_scene) as any_scene,
    bit_or(opened) as opened,
    bit_or(logged_in) as logged_in,
    bit_or(transacted) as transacted,
from (
    select * from added
    union all
    select person_partner.*
    from person_partner
    semi join added using (month, person, partner)
) as both_ways
group by month, person, partner
