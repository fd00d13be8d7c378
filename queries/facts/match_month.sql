-- Events of a month by whether somebody is known behind them, and how.
--
-- reads  = ["event_month"]
-- month  = "month"
-- whole  = true
-- counts = ["known", "linked", "unmatched", "withheld"]
-- params = ["month"]
--
-- `known` carry a customer's id, `linked` belong to one through a link of their scene user,
-- `unmatched` to nobody; `withheld` are those of people who have not consented.
select
    cast($month as smallint) as month,
    partner,
    channel,
    count(*) filter (where person is not null and not is_linked) as known,
    count(*) filter (where is_linked) as linked,
    count(*) filter (where person is null and not is_withheld) as unmatched,
    count(*) filter (where is_withheld) as withheld,
from event_month
group by partner, channel
