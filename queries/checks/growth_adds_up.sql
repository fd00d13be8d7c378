-- Months in which new, resurrected and retained are not the active people, or retained not kept.
--
-- reads = ["active_month"]
select
    definition,
    month,
    sum(people) as people,
    sum(new) + sum(resurrected) + sum(retained) as explained,
    sum(kept) as kept,
from active_month
group by definition, month
having sum(people) <> sum(new) + sum(resurrected) + sum(retained)
    or sum(retained) <> sum(kept)
