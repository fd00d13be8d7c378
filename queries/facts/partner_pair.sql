-- People active at both of two partners in a month, by any definition; each pair once.
--
-- reads  = ["person_place", "person_cell"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
with person_partner as (
    select distinct month, person, partner
    from person_place
    where any_scene > 0
),

placed as (
    select person_partner.*, person_cell.cell
    from person_partner
    inner join person_cell
        on person_cell.person = person_partner.person
        and person_partner.month between person_cell.since and person_cell.until
)

select
    placed.month,
    placed.partner as partner_a,
    other.partner as partner_b,
    placed.cell,
    count(*) as people,
from placed
inner join person_partner as other
    on other.month = placed.month
    and other.person = placed.person
    and placed.partner < other.partner
group by placed.month, placed.partner, other.partner, placed.cell
