-- Dated notes: releases, incidents, campaigns, holidays, Spring Festival, changes of a definition.
--
-- reads = ["calendar"]
select
    "on" as noted_on,
    year("on") * 12 + month("on") - 1 as month,
    kind,
    label,
    coalesce(label_en, label) as label_en,
from calendar
