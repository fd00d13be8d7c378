-- Contacts with the bank's service in a month, by kind and reason, and how they went.
--
-- reads  = ["person_contact", "person_cell"]
-- month  = "month"
-- counts = ["people", "contacts", "by_bot", "contained", "handed_over", "repeated"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
--
-- People are distinct within a kind and reason; those of all reasons, and of all kinds, stand in
-- rows of their own ('_total'), since they overlap.
with by_reason as (
    select
        month,
        person,
        kind,
        reason,
        previous,
        contacts,
        by_bot,
        contained,
        handed_over,
        repeated,
    from person_contact
    union all
    select
        month,
        person,
        '_total' as kind,
        '_total' as reason,
        0 as previous,
        sum(contacts) as contacts,
        sum(by_bot) as by_bot,
        sum(contained) as contained,
        sum(handed_over) as handed_over,
        sum(repeated) as repeated,
    from person_contact
    group by month, person
)

select
    by_reason.month,
    by_reason.kind,
    by_reason.reason,
    by_reason.previous,
    person_cell.cell,
    count(*) as people,
    cast(sum(by_reason.contacts) as bigint) as contacts,
    cast(sum(by_reason.by_bot) as bigint) as by_bot,
    cast(sum(by_reason.contained) as bigint) as contained,
    cast(sum(by_reason.handed_over) as bigint) as handed_over,
    cast(sum(by_reason.repeated) as bigint) as repeated,
from by_reason
inner join person_cell
    on person_cell.person = by_reason.person
    and by_reason.month between person_cell.since and person_cell.until
group by
    by_reason.month, by_reason.kind, by_reason.reason, by_reason.previous, person_cell.cell
