-- People active in a month, by the month of their first activity and by that of the last before.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = "cohort"
--
-- `previous` is 0 in the first month. Who was active at all in months [a, b] are those with a month
-- in it and a previous one before a: everybody once, at their first activity within.
select
    definition,
    first_month as cohort,
    month,
    coalesce(previous_month, 0) as previous,
    cell_first as cell,
    count(*) as people,
from person_month
where days > 0
group by definition, first_month, month, coalesce(previous_month, 0), cell_first
