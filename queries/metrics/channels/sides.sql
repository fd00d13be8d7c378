-- How many people use several channels, and how many go from online to offline and back.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = ["scene", "partner", "channel"]
-- reads     = ["month", "channel_breadth"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- differences = [
--     ["people", "several"], ["people", "offline"],
--     ["offline", "to_offline"], ["offline", "to_online"],
-- ]
--
-- [columns]
-- month       = "month"
-- people      = "count"
-- is_complete = "flag"
-- several     = "count"
-- offline     = "count"
-- to_offline  = "count"
-- to_online   = "count"
--
-- [derived]
-- several_share    = "cast(several as double) / nullif(people, 0)"
-- offline_share    = "cast(offline as double) / nullif(people, 0)"
-- to_offline_share = "cast(to_offline as double) / nullif(offline, 0)"
-- to_online_share  = "cast(to_online as double) / nullif(offline, 0)"
--
-- By any qualifying event. Offline are channels where people come in person. `to_offline`: met online
-- on one day of the month, and offline on a later one; somebody can go both ways. The unknown channel
-- is none of the several.
with counted as (
    select
        month,
        cast(sum(people) as bigint) as people,
        cast(sum(case when channels > 1 then people else 0 end) as bigint) as several,
        cast(sum(case when is_offline then people else 0 end) as bigint) as offline,
        cast(sum(case when to_offline then people else 0 end) as bigint) as to_offline,
        cast(sum(case when to_online then people else 0 end) as bigint) as to_online,
    from channel_breadth
    group by month
)

select
    month.first_day as month,
    coalesce(counted.people, 0) as people,
    month.last_day <= $as_of as is_complete,
    coalesce(counted.several, 0) as several,
    coalesce(counted.offline, 0) as offline,
    coalesce(counted.to_offline, 0) as to_offline,
    coalesce(counted.to_online, 0) as to_online,
from month
left join counted on counted.month = month.month
where month.month between $first_month and $last_month
