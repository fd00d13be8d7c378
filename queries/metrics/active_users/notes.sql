-- Dated notes for the time axis: releases, incidents, campaigns, changes of a definition.
--
-- grain     = ["noted_on", "kind", "label"]
-- unit      = "notes"
-- kind      = "full count"
-- direction = "none"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["calendar_note"]
-- params    = ["first_month", "last_month"]
-- order     = ["noted_on", "label"]
-- owner     = "digital_banking"
--
-- [columns]
-- noted_on = "date"
-- month    = "month"
-- kind     = "text"
-- label    = "text"
-- label_en = "text"
--
-- Public: what the bank wrote into its own calendar; no person stands behind a row.
select
    noted_on,
    make_date(month // 12, month % 12 + 1, 1) as month,
    kind,
    label,
    label_en,
from calendar_note
where month between $first_month and $last_month
