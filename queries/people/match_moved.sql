-- By how much match_month changes for what scene users did.
--
-- reads = ["scene_user_moved"]
select
    month,
    partner,
    channel,
    0 as known,
    coalesce(sum(seen) filter (where person is not null), 0) as linked,
    -sum(seen) as unmatched,
    coalesce(sum(seen) filter (where person is null), 0) as withheld,
from scene_user_moved
group by month, partner, channel
