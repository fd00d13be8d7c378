-- How many events of one month were kept, and how many withheld for want of consent.
--
-- reads = ["event_month"]
select
    count(*) filter (where not is_withheld) as kept,
    count(*) filter (where is_withheld) as withheld,
from event_month
