-- One row per event as it is counted: when, who, where, how much, and which definitions it meets.
--
-- reads = ["events", "delivered"]
--
-- `done` is a set of bits, one per definition: 1 any_scene, 2 opened, 4 logged_in, 8 transacted.
-- `fen` is the amount of a transaction of their own, so that sums are exact; 0 for all else.
-- `scene_user` stands for a partner's id of somebody wherever it is kept: a one-way digest.
-- What the bank's own systems did (interest, auto-debit, fees, pushes) meets none of them: the
-- flag says so, and null is initiated; only where no flag is delivered does the type of event say.
with told as (
    select count(*) > 0 as by_flag
    from delivered
    where export = 'events' and name = 'is_initiated'
),

judged as (
    select
        *,
        case
            when coalesce(
                is_initiated,
                (select by_flag from told)
                or event_type is null
                or event_type not in ('interest', 'auto_debit', 'fee', 'push')
            )
            then 1
                + case when event_type = 'open' then 2 else 0 end
                + case when event_type = 'login' then 4 else 0 end
                + case when event_type = 'transact' then 8 else 0 end
            else 0
        end as done,
    from events
)

select
    customer_id,
    coalesce(partner_id, '') as partner_id,
    coalesce(channel, '') as channel_id,
    scene_user_id,
    case
        when scene_user_id is not null
        then cast(md5(coalesce(partner_id, '') || chr(31) || scene_user_id) as uuid)
    end as scene_user,
    occurred_at,
    done,
    case
        when done >= 8 then coalesce(cast(round(amount * 100) as bigint), 0)
        else 0
    end as fen,
from judged
