-- First and last month of activity of people, before the months that are counted again.
--
-- reads = ["person_month_known", "touched"]
--
-- `is_just_before`: the days of that last month reach into the months that are counted again.
select
    person_month_known.definition,
    person_month_known.person,
    min(person_month_known.first_month) as first_month,
    max(person_month_known.month) as last_month,
    arg_max(person_month_known.days, person_month_known.month) as last_days,
    max(person_month_known.month) = max(touched.since) - 1 as is_just_before,
from person_month_known
inner join touched on touched.person = person_month_known.person
where person_month_known.month < touched.since and person_month_known.days > 0
group by person_month_known.definition, person_month_known.person
