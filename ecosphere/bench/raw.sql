with person as (
    select customer_id from customers where coalesce(consent_analytics, false)
),

event as (
    select
        customer_id,
        partner_id,
        scene_user_id,
        cast(year(occurred_at) * 12 + month(occurred_at) - 1 as integer) as month,
    from events
    where coalesce(is_initiated, true)
),

told as (
    select partner_id, scene_user_id, customer_id
    from identity_links
    where linked_on <= $as_of
    union
    select partner_id, scene_user_id, customer_id
    from events
    where scene_user_id is not null and customer_id is not null
),

link as (
    select partner_id, scene_user_id, min(customer_id) as customer_id
    from told
    group by partner_id, scene_user_id
    having count(distinct customer_id) = 1
),

active as (
    select distinct coalesce(event.customer_id, link.customer_id) as customer_id, event.month
    from event
    left join link
        on event.customer_id is null
        and link.partner_id = event.partner_id
        and link.scene_user_id = event.scene_user_id
),

in_turn as (
    select
        customer_id,
        month,
        lag(month) over (partition by customer_id order by month) as previous,
    from active
    semi join person using (customer_id)
),

chosen_now as (
    select
        in_turn.month,
        in_turn.previous,
        now.customer_id is not null as is_in,
        before.customer_id is not null as was_in,
    from in_turn
    left join chosen as now
        on now.customer_id = in_turn.customer_id
        and in_turn.month between now.since and now.until
    left join chosen as before
        on before.customer_id = in_turn.customer_id
        and in_turn.month - 1 between before.since and before.until
),

counted as (
    select
        month,
        count(*) filter (where is_in) as people,
        count(*) filter (where is_in and previous is null) as new,
        count(*) filter (where is_in and previous = month - 1) as retained,
        count(*) filter (where is_in and previous < month - 1) as resurrected,
        count(*) filter (where was_in and previous = month - 1) as kept,
    from chosen_now
    group by month
)

select
    make_date(month // 12, month % 12 + 1, 1) as month,
    people,
    new,
    retained,
    resurrected,
    lag(people) over (order by month) - kept as lapsed,
from counted
order by month
