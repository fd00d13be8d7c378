-- People who were counted now with two rows in a month, with more than one first month, or with
-- none: nobody is new twice.
--
-- reads = ["person_month", "touched"]
select
    person_month.definition,
    person_month.person,
    count(*) as rows,
    count(distinct person_month.month) as months,
    count(*) filter (where person_month.previous_month is null) as firsts,
from person_month
semi join touched on touched.person = person_month.person
group by person_month.definition, person_month.person
having count(*) <> count(distinct person_month.month)
    or count(*) filter (where person_month.previous_month is null) <> 1
