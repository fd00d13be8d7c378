-- Months in which people are active as before, and what they did in earlier months is not.
--
-- reads  = ["person_month", "person_month_known", "touched"]
-- params = ["months"]
--
-- Only of the months ($months) that nothing else reaches. What they did in the month before also
-- counts in windows of days of a month in which they did nothing.
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

select month, count(distinct person) as count
from now
full join before using (definition, month, person)
where (now.first_month, now.previous_month, now.tail)
    is distinct from (before.first_month, before.previous_month, before.tail)
group by month
