-- People active in both months whose cell is not what it was.
--
-- reads  = ["person_month"]
-- month  = "month"
-- cells  = ["cell", "cell_before"]
-- counts = ["people"]
select
    definition,
    month,
    cell,
    cell_before,
    count(*) as people,
from person_month
where previous_month = month - 1 and cell <> cell_before
group by definition, month, cell, cell_before
