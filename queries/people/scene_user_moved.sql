-- Scene users who were nobody in months that are not read again, and whom a link now tells.
--
-- reads = ["scene_user_month", "link_changed", "link", "person"]
--
-- Without a person the customer has not consented: withheld.
select scene_user_month.*, person.person
from scene_user_month
inner join link_changed
    on link_changed.scene_user = scene_user_month.scene_user and link_changed.is_first
inner join link on link.scene_user = scene_user_month.scene_user
left join person on person.customer = link.customer
