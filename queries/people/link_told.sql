-- The links that the bank declares, as far as they were known on the as-of day.
--
-- reads  = ["identity_links"]
-- params = ["as_of"]
select
    cast(md5(partner_id || chr(31) || scene_user_id) as uuid) as scene_user,
    cast(md5(customer_id) as uuid) as customer,
    linked_on,
    coalesce(unlinked_on, date '9999-12-31') as until,
from identity_links
where linked_on <= $as_of
