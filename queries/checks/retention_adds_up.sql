-- Months whose people by cohort are not the active people, or whose first ones are not the new.
--
-- reads = ["active_month", "retention"]
with by_month as (
    select definition, month, sum(people) as people, sum(new) as new
    from active_month
    group by definition, month
),

by_cohort as (
    select
        definition,
        month,
        sum(people) as people,
        coalesce(sum(people) filter (where previous = 0 and cohort = month), 0) as new,
        bool_or((previous = 0) <> (cohort = month)) as is_odd,
    from retention
    group by definition, month
)

select definition, month, by_month.people, by_cohort.people as in_cohorts, by_cohort.is_odd
from by_month
full join by_cohort using (definition, month)
where (by_month.people, by_month.new) is distinct from (by_cohort.people, by_cohort.new)
    or by_cohort.is_odd
