-- Which customer a partner's scene user is, and for events from when until when.
--
-- reads  = ["link_seen", "identity_links"]
-- params = ["as_of"]
--
-- A link reaches backwards, to the end of the link before it, and forwards until it is undone.
-- What the bank declares decides over when; being seen together says only who. A scene user with
-- two customers at a time, or seen with another than the one declared, is ambiguous: no link of
-- theirs is applied, and they are counted.
with declared as (
    select
        partner_id,
        scene_user_id,
        customer_id,
        linked_on,
        coalesce(unlinked_on, date '9999-12-31') as until,
    from identity_links
    where linked_on <= $as_of
),

in_turn as (
    select
        *,
        max(until) over (
            partition by partner_id, scene_user_id order by linked_on, until
            rows between unbounded preceding and 1 preceding
        ) as until_before,
        lag(customer_id) over (
            partition by partner_id, scene_user_id order by linked_on, until
        ) as customer_before,
    from declared
),

claim as (
    select
        partner_id,
        scene_user_id,
        customer_id,
        coalesce(until_before, date '0001-01-01') as since,
        until,
        coalesce(customer_before <> customer_id and linked_on < until_before, false) as is_disputed,
        true as is_declared,
    from in_turn
    union all
    select
        partner_id,
        scene_user_id,
        customer_id,
        date '0001-01-01' as since,
        date '9999-12-31' as until,
        false as is_disputed,
        false as is_declared,
    from link_seen
),

scene_user as (
    select
        partner_id,
        scene_user_id,
        bool_or(is_declared) as has_declared,
        bool_or(is_disputed)
        or count(distinct customer_id)
        > greatest(count(distinct customer_id) filter (where is_declared), 1) as is_ambiguous,
    from claim
    group by partner_id, scene_user_id
)

select
    claim.partner_id,
    claim.scene_user_id,
    claim.customer_id,
    cast(claim.since as timestamp) as since,
    cast(claim.until as timestamp) as until,
    scene_user.is_ambiguous,
from claim
inner join scene_user
    on scene_user.partner_id = claim.partner_id
    and scene_user.scene_user_id = claim.scene_user_id
where claim.is_declared = scene_user.has_declared and claim.since < claim.until
