-- Partners of which more people are exclusive than there are, or alone than exclusive; months whose
-- people are not the sum of all partners' reach, but for what is lost in shares of over 28.
--
-- reads = ["active_month", "partner_month"]
with by_month as (
    select definition, month, sum(people) as people
    from active_month
    group by definition, month
),

by_partner as (
    select definition, month, cast(sum(reach) as double) / 80313433200 as reach
    from partner_month
    group by definition, month
)

select definition, month, cast(null as smallint) as partner, people, reach
from by_month
full join by_partner using (definition, month)
where coalesce(abs(people - reach), 1) > 0.01 * (1 + people * 0.00001)
union all
select definition, month, partner, people, exclusive as reach
from partner_month
where alone > exclusive or exclusive > people
