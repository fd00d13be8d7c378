-- Months in which people are active as before, and what they did in earlier months is not.
--
-- reads  = ["person_month", "person_month_known", "touched"]
-- params = ["months"]
--
-- Only of the months ($months) that nothing else reaches.
with now as (
    select person_month.*
    from person_month
    semi join touched on touched.person = person_month.person
    where list_contains($months, person_month.month)
),

before as (
    select person_month_known.*
    from person_month_known
    semi join touched on touched.person = person_month_known.person
    where list_contains($months, person_month_known.month)
)

select now.month, count(distinct now.person) as count
from now
inner join before using (definition, month, person)
where now.first_month <> before.first_month
    or now.previous_month is distinct from before.previous_month
group by now.month
