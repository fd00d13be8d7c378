-- Who was active where: one row per month, person, partner and channel, with a mask of days per
-- definition, the events of their own doing and the fen of their transactions.
--
-- reads  = ["event_month"]
-- month  = "month"
-- person = "person"
-- places = true
-- masks  = ["any_scene", "opened", "logged_in", "transacted"]
-- counts = ["events", "fen"]
-- params = ["month"]
--
-- Bit i of a mask is day i + 1. Masks are non-negative BIGINT: 31 days need the 31st bit.
select
    cast($month as smallint) as month,
    person,
    partner,
    channel,
    bit_or(cast(done & 1 as bigint) << (day - 1)) as any_scene,
    bit_or(cast((done >> 1) & 1 as bigint) << (day - 1)) as opened,
    bit_or(cast((done >> 2) & 1 as bigint) << (day - 1)) as logged_in,
    bit_or(cast((done >> 3) & 1 as bigint) << (day - 1)) as transacted,
    count(*) as events,
    cast(sum(fen) as bigint) as fen,
from event_month
where person is not null and done > 0
group by person, partner, channel
