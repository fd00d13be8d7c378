-- First and last month of activity of people, before the months that are counted again.
--
-- reads = ["person_month_known", "touched"]
select
    person_month_known.definition,
    person_month_known.person,
    min(person_month_known.first_month) as first_month,
    max(person_month_known.month) as last_month,
from person_month_known
inner join touched on touched.person = person_month_known.person
where person_month_known.month < touched.since
group by person_month_known.definition, person_month_known.person
