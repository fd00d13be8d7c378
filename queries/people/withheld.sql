-- People who have not consented, as one-way digests: to know whom to leave out, and who was.
--
-- reads  = ["customers"]
-- params = ["has_consent"]
select cast(md5(customer_id) as uuid) as customer
from customers
where $has_consent and not coalesce(consent_analytics, false)
