-- Months in which people who were counted now have more than one row.
--
-- reads = ["person_month", "touched"]
select
    person_month.definition,
    person_month.month,
    count(*) as rows,
    count(distinct person_month.person) as people,
from person_month
inner join touched
    on touched.person = person_month.person and person_month.month >= touched.since
group by person_month.definition, person_month.month
having count(*) <> count(distinct person_month.person)
