-- Rows of people that are first ones and not in their first month, or the other way round.
--
-- reads = ["person_month"]
select definition, person, month, first_month, previous_month
from person_month
where (previous_month is null) <> (first_month = month)
    or previous_month not between first_month and month - 1
