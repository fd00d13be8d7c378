-- The links that the bank declares, as far as they were known on the as-of day.
--
-- reads  = ["identity_links"]
-- params = ["told_until", "as_of"]
--
-- Only those that are not known already: a build puts them beside the known ones, or in their place.
select
    cast(md5(partner_id || chr(31) || scene_user_id) as uuid) as scene_user,
    cast(md5(customer_id) as uuid) as customer,
    linked_on,
    coalesce(unlinked_on, date '9999-12-31') as until,
from identity_links
where linked_on > $told_until and linked_on <= $as_of
