-- People by the number of days of a month on which they were active.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
select
    definition,
    month,
    cast(bit_count(days) as tinyint) as days,
    cell,
    count(*) as people,
from person_month
where days > 0
group by definition, month, bit_count(days), cell
