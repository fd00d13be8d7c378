-- Events by whether somebody is known behind them, partner by partner.
--
-- grain     = ["partner_id"]
-- unit      = "events"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "events"
-- where     = "none"
-- reads     = ["match_month", "partner"]
-- params    = ["first_month", "last_month"]
-- order     = ["partner_id"]
-- owner     = "data_office"
-- sums      = [
--     ["events", "events_known", "events_linked", "events_unmatched", "events_withheld"],
-- ]
--
-- [columns]
-- partner_id       = "text"
-- partner          = "text"
-- partner_en       = "text"
-- events           = "count"
-- events_known     = "count"
-- events_linked    = "count"
-- events_unmatched = "count"
-- events_withheld  = "count"
--
-- [derived]
-- match_share = "cast(events_known + events_linked as double) / nullif(events, 0)"
--
-- Over the whole period; the id is empty where the export does not say which partner.
select
    partner.partner_id,
    partner.name as partner,
    partner.name_en as partner_en,
    cast(
        sum(match_month.known + match_month.linked + match_month.unmatched + match_month.withheld)
        as bigint
    ) as events,
    cast(sum(match_month.known) as bigint) as events_known,
    cast(sum(match_month.linked) as bigint) as events_linked,
    cast(sum(match_month.unmatched) as bigint) as events_unmatched,
    cast(sum(match_month.withheld) as bigint) as events_withheld,
from match_month
inner join partner on partner.partner = match_month.partner
where match_month.month between $first_month and $last_month
group by partner.partner_id, partner.name, partner.name_en
