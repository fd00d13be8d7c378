-- People active in both months whose cell is not what it was.
--
-- reads  = ["person_month"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["definition"]
--
-- [cells]
-- cell        = 0
-- cell_before = -1
select
    definition,
    month,
    cell,
    cell_before,
    count(*) as people,
from person_month
where previous_month = month - 1 and cell <> cell_before and days > 0
group by definition, month, cell, cell_before
