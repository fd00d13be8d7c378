-- Events by whether somebody is known behind them, month by month.
--
-- grain     = ["month"]
-- unit      = "events"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "events"
-- where     = "none"
-- reads     = ["match_month", "month"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
-- owner     = "data_office"
-- sums      = [
--     ["events", "events_known", "events_linked", "events_unmatched", "events_withheld"],
-- ]
--
-- [columns]
-- month            = "month"
-- is_complete      = "flag"
-- events           = "count"
-- events_known     = "count"
-- events_linked    = "count"
-- events_unmatched = "count"
-- events_withheld  = "count"
--
-- [derived]
-- match_share = "cast(events_known + events_linked as double) / nullif(events, 0)"
select
    month.first_day as month,
    month.last_day <= $as_of as is_complete,
    cast(
        sum(match_month.known + match_month.linked + match_month.unmatched + match_month.withheld)
        as bigint
    ) as events,
    cast(sum(match_month.known) as bigint) as events_known,
    cast(sum(match_month.linked) as bigint) as events_linked,
    cast(sum(match_month.unmatched) as bigint) as events_unmatched,
    cast(sum(match_month.withheld) as bigint) as events_withheld,
from match_month
inner join month on month.month = match_month.month
where month.month between $first_month and $last_month
group by month.first_day, month.last_day
