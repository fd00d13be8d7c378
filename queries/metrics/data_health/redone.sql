-- Months that the build made again, and why.
--
-- grain     = ["month", "cause"]
-- unit      = "months"
-- kind      = "full count"
-- direction = "none"
-- people    = "people_reached"
-- where     = "none"
-- reads     = ["redone"]
-- params    = ["is_filtered"]
-- order     = ["month", "cause"]
-- owner     = "data_office"
--
-- [columns]
-- month           = "month"
-- cause           = "text"
-- files_reached   = "rows"
-- people_reached  = "count"
--
-- Files where something was delivered, partners where one has changed its scene, else people or
-- scene users. Nothing is counted where a whole generation was made, or facts carry other
-- attributes than before, nor of people for a part of the bank. A month that has left the data may be among them.
select
    make_date(month // 12, month % 12 + 1, 1) as month,
    reason as cause,
    case when reason in ('delivered', 'partners') then count end as files_reached,
    case
        when reason in ('consent', 'linked', 'attributes', 'carried') and not $is_filtered
        then count
    end as people_reached,
from redone
