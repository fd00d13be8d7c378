-- Who brought a person to the bank, and when they first had an account, as far as exports tell.
--
-- reads = ["customers", "accounts", "person"]
--
-- `acquired_by` is the partner's id. The first account is that of `accounts`, or else the day on
-- which the person became a customer; nobody is here of whom neither is told.
with opened as (
    select customer_id, cast(min(opened_at) as date) as opened_on
    from accounts
    where opened_at is not null
    group by customer_id
),

told as (
    select customer_id, acquisition_partner_id, became_customer_on
    from customers
    where acquisition_partner_id is not null or became_customer_on is not null
)

select
    person.person,
    told.acquisition_partner_id as acquired_by,
    least(opened.opened_on, told.became_customer_on) as customer_since,
from person
left join opened on opened.customer_id = person.customer_id
left join told on told.customer_id = person.customer_id
where opened.customer_id is not null or told.customer_id is not null
