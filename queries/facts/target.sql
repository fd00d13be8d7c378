-- The bank's own plan: one row per metric, month and unit (null is the whole bank).
--
-- reads = ["targets"]
-- whole = true
select
    metric,
    year(month) * 12 + month(month) - 1 as month,
    cast(value as double) as value,
    coalesce(kind, 'level') as kind,
    dimension,
    dimension_value,
from targets
