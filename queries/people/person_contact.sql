-- What people asked the bank's service for: one row per month, person, kind and reason.
--
-- reads  = ["service_contacts", "person"]
-- month  = "month"
-- person = "person"
-- masks  = ["days"]
-- counts = ["contacts", "by_bot", "contained", "handed_over", "repeated"]
--
-- `repeated`: the same person comes with the same reason within 7 days after. `contained`: the bot
-- alone, and no such return. `previous` is the last month before with the same kind and reason, 0
-- for none: who came at all in some months are those with a month in them and a previous one before.
-- A reason or kind that is not told is '', and a return for no reason is none.
with told as (
    select
        person.person,
        service_contacts.started_at,
        coalesce(service_contacts.kind, '') as kind,
        coalesce(service_contacts.reason, '') as reason,
        service_contacts.handled_by,
        lead(service_contacts.started_at) over (
            partition by person.person, coalesce(service_contacts.reason, '')
            order by service_contacts.started_at, service_contacts.contact_id
        ) as returned_at,
    from service_contacts
    inner join person on person.customer_id = service_contacts.customer_id
),

judged as (
    select
        cast(year(started_at) * 12 + month(started_at) - 1 as smallint) as month,
        person,
        kind,
        reason,
        handled_by,
        day(started_at) as day,
        reason <> '' and returned_at is not null
            and returned_at <= started_at + interval 7 day as is_repeated,
    from told
),

summed as (
    select
        month,
        person,
        kind,
        reason,
        bit_or(cast(1 as bigint) << (day - 1)) as days,
        count(*) as contacts,
        count(*) filter (where handled_by in ('bot', 'both')) as by_bot,
        count(*) filter (where handled_by = 'bot' and not is_repeated) as contained,
        count(*) filter (where handled_by = 'both') as handed_over,
        count(*) filter (where is_repeated) as repeated,
    from judged
    group by month, person, kind, reason
)

select
    *,
    coalesce(lag(month) over (partition by person, kind, reason order by month), 0) as previous,
from summed
