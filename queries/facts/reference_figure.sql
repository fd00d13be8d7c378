-- Official figures of the bank itself and as a whole: metric, month, value, tolerance, source.
--
-- reads = ["reference_figures"]
-- whole = true
select
    metric,
    year(month) * 12 + month(month) - 1 as month,
    source,
    basis,
    cast(value as double) as official,
    cast(tolerance as double) as tolerance,
    reason,
    coalesce(reason_en, reason) as reason_en,
from reference_figures
where institution is null and branch_id is null
