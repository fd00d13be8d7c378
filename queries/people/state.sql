-- First and last month of activity per definition and person: all that a month hands to the next.
--
-- reads = ["state", "person_month"]
select
    definition,
    person,
    min(first_month) as first_month,
    max(last_month) as last_month,
from (
    select definition, person, first_month, last_month from state
    union all
    select definition, person, first_month, month as last_month from person_month
) as seen
group by definition, person
