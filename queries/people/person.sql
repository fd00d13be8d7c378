-- Everybody who may be counted, with a dense number for the id of the export.
--
-- reads  = ["customers", "events", "link"]
-- params = ["has_customers", "has_consent"]
--
-- Null is no consent. Without a customers export the people are those seen in events,
-- or linked to a scene user who is.
with known as (
    select customer_id
    from customers
    where not $has_consent or coalesce(consent_analytics, false)
    union
    select customer_id
    from events
    where not $has_customers and customer_id is not null
    union
    select customer_id
    from link
    where not $has_customers and not is_ambiguous
)

select
    cast(row_number() over (order by customer_id) as integer) as person,
    customer_id,
from known
