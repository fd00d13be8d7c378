-- First and last month of activity as they stood before a month, from what followed it.
--
-- reads  = ["person", "person_month_known", "state_known"]
-- params = ["first"]
with before as (
    select definition, person, first_month, last_month
    from state_known
    where last_month < $first
    union all
    select definition, person, first_month, previous_month as last_month
    from person_month_known
    where month >= $first and previous_month < $first
)

select definition, person, min(first_month) as first_month, max(last_month) as last_month
from before
semi join person using (person)
group by definition, person
