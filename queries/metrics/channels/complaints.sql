-- What people complain about: complaints per 10,000 customers of twelve months, by reason.
--
-- grain     = ["reason"]
-- unit      = "contacts"
-- kind      = "full count"
-- direction = "up is worse"
-- people    = "people"
-- where     = "none"
-- reads     = ["month", "service_month", "customer_month"]
-- params    = ["last_month", "as_of"]
-- order     = ["is_total", "complaints desc", "reason"]
-- owner     = "digital_banking"
-- additive  = "reason"
--
-- [columns]
-- since      = "month"
-- month      = "month"
-- reason     = "text"
-- is_total   = "flag"
-- people     = "count"
-- complaints = "count"
-- customers  = "derived"
--
-- [derived]
-- per_10000 = "10000 * cast(complaints as double) / nullif(customers, 0)"
--
-- The twelve months that end with the last finished one, whatever the first month chosen: single
-- months are too few to compare reasons. `people` are those who complained for the reason at all in
-- them; over reasons they overlap, so the total has none. Customers are those of the last month.
with shown as (
    select max(month) as month
    from month
    where month <= $last_month and last_day <= $as_of
),

counted as (
    select
        service_month.reason,
        cast(
            sum(
                case
                    when service_month.previous < shown.month - 11 then service_month.people
                    else 0
                end
            ) as bigint
        ) as people,
        cast(sum(service_month.contacts) as bigint) as complaints,
    from service_month
    inner join shown on service_month.month between shown.month - 11 and shown.month
    where service_month.kind = 'complaint'
    group by service_month.reason
),

told as (
    select
        coalesce(nullif(reason, ''), 'not_stated') as reason,
        false as is_total,
        people,
        complaints,
    from counted
    union all
    select
        '_total' as reason,
        true as is_total,
        null as people,
        cast(sum(complaints) as bigint) as complaints,
    from counted
    having sum(complaints) > 0
),

held as (
    select cast(sum(customer_month.people) as bigint) as people
    from customer_month
    inner join shown on shown.month = customer_month.month
)

select
    make_date((shown.month - 11) // 12, (shown.month - 11) % 12 + 1, 1) as since,
    make_date(shown.month // 12, shown.month % 12 + 1, 1) as month,
    told.reason,
    told.is_total,
    told.people,
    told.complaints,
    held.people as customers,
from told
cross join shown
cross join held
