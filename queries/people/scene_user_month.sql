-- Scene users whom nobody has matched to a person: one row per month, partner,
-- channel and scene user.
--
-- reads  = ["event_month"]
-- month  = "month"
-- places = true
-- masks  = ["any_scene", "opened", "logged_in", "transacted"]
-- counts = ["seen", "events", "fen"]
-- params = ["month"]
--
-- Also those for whom only the system did something: a link may tell later who they are, and then
-- as many events have somebody behind them as were `seen`; `events` are those of their own doing.
select
    cast($month as smallint) as month,
    partner,
    channel,
    scene_user,
    bit_or(cast(done & 1 as bigint) << (day - 1)) as any_scene,
    bit_or(cast((done >> 1) & 1 as bigint) << (day - 1)) as opened,
    bit_or(cast((done >> 2) & 1 as bigint) << (day - 1)) as logged_in,
    bit_or(cast((done >> 3) & 1 as bigint) << (day - 1)) as transacted,
    count(*) as seen,
    count(*) filter (where done > 0) as events,
    cast(sum(fen) as bigint) as fen,
from event_month
where person is null and not is_withheld
group by partner, channel, scene_user
