-- Which customer a partner's scene user is, and for events from when until when.
--
-- reads = ["link_seen", "link_told", "link_anew"]
--
-- Only of scene users whose link may not be what it was: it goes into the place of the known one.
-- A link reaches backwards, to the end of the link before it, and forwards until it is undone.
-- What the bank declares decides over when; being seen together says only who. A scene user with
-- two customers at a time, or seen with another than the one declared, is ambiguous: no link of
-- theirs is applied, and they are counted.
with in_turn as (
    select
        *,
        max(until) over (
            partition by scene_user order by linked_on, until, customer
            rows between unbounded preceding and 1 preceding
        ) as until_before,
        lag(customer) over (
            partition by scene_user order by linked_on, until, customer
        ) as customer_before,
    from link_told
    semi join link_anew using (scene_user)
),

claim as (
    select
        scene_user,
        customer,
        coalesce(until_before, date '0001-01-01') as since,
        until,
        coalesce(customer_before <> customer and linked_on < until_before, false) as is_disputed,
        true as is_told,
    from in_turn
    union all
    select
        scene_user,
        customer,
        date '0001-01-01' as since,
        date '9999-12-31' as until,
        false as is_disputed,
        false as is_told,
    from link_seen
    semi join link_anew using (scene_user)
),

judged as (
    select
        scene_user,
        bool_or(is_told) as has_told,
        bool_or(is_disputed)
        or count(distinct customer)
        > greatest(count(distinct customer) filter (where is_told), 1) as is_ambiguous,
    from claim
    group by scene_user
)

select
    claim.scene_user,
    claim.customer,
    cast(claim.since as timestamp) as since,
    cast(claim.until as timestamp) as until,
    judged.is_ambiguous,
from claim
inner join judged on judged.scene_user = claim.scene_user
where claim.is_told = judged.has_told and claim.since < claim.until
