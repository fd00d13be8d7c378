-- People met through one channel in a month, and through another on a later day of it.
--
-- reads  = ["person_place", "person_cell"]
-- month  = "month"
-- counts = ["people"]
-- chart  = ["month"]
--
-- [cells]
-- cell = 0
--
-- By any qualifying event. Rows of one channel twice count everybody met through it. The lowest bit
-- of a mask is the first day: a mask of at least twice that has a later one.
with person_channel as (
    select
        month,
        person,
        channel,
        bit_or(any_scene) as days,
    from person_place
    where any_scene > 0
    group by month, person, channel
)

select
    earlier.month,
    earlier.channel as channel_from,
    later.channel as channel_to,
    person_cell.cell,
    count(*) as people,
from person_channel as earlier
inner join person_channel as later
    on later.month = earlier.month
    and later.person = earlier.person
    and (
        later.channel = earlier.channel
        or later.days >= (earlier.days & -earlier.days) * 2
    )
inner join person_cell
    on person_cell.person = earlier.person
    and earlier.month between person_cell.since and person_cell.until
group by earlier.month, earlier.channel, later.channel, person_cell.cell
