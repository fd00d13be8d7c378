-- People by the number of scenes in which they were active in a month.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
--
-- All unknown scenes count as one. In a month that an earlier day cuts, nobody can tell how many.
select
    definition,
    month,
    scenes,
    cell,
    count(*) as people,
from person_month
where days > 0
group by definition, month, scenes, cell
