-- When a person opened the first e-account (type II or III), and whether any account was there
-- before: one row per person.
--
-- reads  = ["accounts", "person", "person_origin"]
-- month  = "month"
-- person = "person"
-- masks  = ["days"]
--
-- `days` has the one bit of the day, so that a view as of a day within the month sees who had
-- opened by then. `is_new` is new to the bank: nothing tells of an earlier account of any type.
with first_opened as (
    select customer_id, cast(min(opened_at) as date) as opened_on
    from accounts
    where account_type in ('II', 'III') and opened_at is not null
    group by customer_id
)

select
    cast(year(opened_on) * 12 + month(opened_on) - 1 as smallint) as month,
    person.person,
    cast(1 as bigint) << (day(opened_on) - 1) as days,
    person_origin.customer_since >= opened_on as is_new,
from first_opened
inner join person on person.customer_id = first_opened.customer_id
inner join person_origin on person_origin.person = person.person
