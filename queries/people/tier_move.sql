-- Who rose to a higher tier or fell to a lower one, and in which month: one row per move.
--
-- reads  = ["person_tier", "person_profile"]
-- params = ["official", "tiers"]
--
-- $tiers are in order, the lowest first; a tier that is not among them is neither higher nor lower,
-- and passed over. The bank's own tier needs no holdings: profiles tell it by runs of months.
with held as (
    select since as month, person, profile[$official] as tier
    from person_profile
    where $official > 0
    union all
    select month, person, tier
    from person_tier
    where $official = 0
),

placed as (
    select month, person, list_position($tiers, tier) as place
    from held
    where list_contains($tiers, tier)
),

in_turn as (
    select *, lag(place) over (partition by person order by month) as place_before
    from placed
)

select
    cast(month as smallint) as month,
    person,
    place > place_before as is_up,
from in_turn
where place <> place_before
