-- Pairs of partners with more people than one of the two has.
--
-- reads = ["partner_month", "partner_pair"]
with by_partner as (
    select month, partner, sum(people) as people
    from partner_month
    where definition = 1
    group by month, partner
),

by_pair as (
    select month, partner_a, partner_b, sum(people) as people
    from partner_pair
    group by month, partner_a, partner_b
)

select by_pair.month, by_pair.partner_a, by_pair.partner_b, by_pair.people
from by_pair
left join by_partner as a on a.month = by_pair.month and a.partner = by_pair.partner_a
left join by_partner as b on b.month = by_pair.month and b.partner = by_pair.partner_b
where by_pair.people > coalesce(least(a.people, b.people), 0)
