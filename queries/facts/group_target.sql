-- The bank's own plan for parts of it: one row per metric, month, dimension and value.
--
-- reads = ["targets"]
--
-- No person stands behind a plan, so it is there under a filter too: a question asks for the plan of
-- exactly the group that it counts.
select
    metric,
    year(month) * 12 + month(month) - 1 as month,
    cast(value as double) as value,
    coalesce(kind, 'level') as kind,
    dimension,
    dimension_value,
from targets
where dimension is not null
