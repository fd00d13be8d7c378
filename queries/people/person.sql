-- Everybody who may be counted, with a dense number for the id of the export.
--
-- reads  = ["customers", "events", "identity_links", "person_known"]
-- params = ["has_customers", "has_consent", "as_of"]
--
-- Null is no consent. Without a customers export the people are those seen in events, or linked to
-- a scene user who is. `customer` is the digest by which links know people. Whoever was numbered
-- by the generation before keeps that number: its months are carried on.
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
    from identity_links
    where not $has_customers and linked_on <= $as_of
)

select
    cast(
        coalesce(
            person_known.person,
            (select coalesce(max(person), 0) from person_known)
            + row_number() over (
                partition by person_known.person is null order by known.customer_id
            )
        ) as integer
    ) as person,
    known.customer_id,
    cast(md5(known.customer_id) as uuid) as customer,
from known
left join person_known on person_known.customer_id = known.customer_id
