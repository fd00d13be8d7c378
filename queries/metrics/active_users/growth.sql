-- Growth accounting: where the change of monthly active users comes from.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "active_month", "moves"]
-- params    = ["first_month", "last_month", "as_of", "is_filtered"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- official  = "mau"
-- split     = ["people", "people_before"]
-- sums      = [
--     ["people", "new", "retained", "resurrected"],
--     ["people_before", "stayed", "lapsed", "moved_out"],
--     ["retained", "stayed", "moved_in"],
-- ]
--
-- [options.definition]
-- any_scene  = 1
-- opened     = 2
-- logged_in  = 3
-- transacted = 4
--
-- [needs]
-- definition = "events.event_type"
--
-- [columns]
-- month           = "month"
-- people          = "count"
-- is_complete     = "flag"
-- is_first_months = "flag"
-- people_before   = "count"
-- new             = "count"
-- retained        = "count"
-- resurrected     = "count"
-- lapsed          = "count"
-- stayed          = "count"
-- moved_in        = "count"
-- moved_out       = "count"
--
-- [previous]
-- people_before = "people"
--
-- [derived]
-- net_change    = "people - people_before"
-- quality_ratio = "cast(new + resurrected as double) / nullif(lapsed, 0)"
--
-- Nobody moves in or out of the whole bank, so the two are null without a filter. In the first
-- three months of data somebody who returns after a quarter still looks new: `is_first_months`.
with active as (
    select
        month,
        cast(sum(people) as bigint) as people,
        cast(sum(new) as bigint) as new,
        cast(sum(resurrected) as bigint) as resurrected,
        cast(sum(retained) as bigint) as retained,
        cast(sum(kept) as bigint) as kept,
    from active_month
    where definition = $definition
    group by month
),

moved as (
    select
        month,
        cast(
            sum(case when inside and not inside_before then people else 0 end) as bigint
        ) as moved_in,
    from moves
    where definition = $definition
    group by month
),

whole as (
    select
        month.month,
        month.first_day,
        month.last_day,
        month.has_before,
        month.is_first,
        coalesce(active.people, 0) as people,
        coalesce(before.people, 0) as people_before,
        coalesce(active.new, 0) as new,
        coalesce(active.resurrected, 0) as resurrected,
        coalesce(active.retained, 0) as retained,
        coalesce(active.kept, 0) as kept,
        coalesce(moved.moved_in, 0) as moved_in,
    from month
    left join active on active.month = month.month
    left join active as before on before.month = month.month - 1
    left join moved on moved.month = month.month
)

select
    first_day as month,
    people,
    last_day <= $as_of as is_complete,
    is_first as is_first_months,
    case when has_before then people_before end as people_before,
    new,
    retained,
    resurrected,
    case when has_before then people_before - kept end as lapsed,
    retained - moved_in as stayed,
    case when $is_filtered then moved_in end as moved_in,
    case when $is_filtered then kept - (retained - moved_in) end as moved_out,
from whole
where month between $first_month and $last_month
