-- Every export of the generation: how old it is, and what became of its rows.
--
-- default   = true
-- grain     = ["export"]
-- unit      = "rows"
-- kind      = "full count"
-- direction = "none"
-- people    = "people_withheld"
-- where     = "none"
-- reads     = ["export_account", "part", "generation"]
-- order     = ["export"]
-- owner     = "data_office"
--
-- [columns]
-- export          = "text"
-- data_to         = "date"
-- age_days        = "rows"
-- files           = "rows"
-- rows_in         = "rows"
-- quarantined     = "rows"
-- dropped         = "rows"
-- rows_withheld   = "derived"
-- people_withheld = "count"
--
-- [derived]
-- withheld = "coalesce(rows_withheld, people_withheld)"
-- kept     = "rows_in - quarantined - dropped - coalesce(rows_withheld, people_withheld)"
--
-- Age is counted to the day of the build. An export of months speaks of its last month to the end.
-- In `customers` a row withheld is a person; the rows of other exports that are withheld belong to
-- the same people, so they are hidden when these are few.
with file as (
    select export, count(*) as files
    from part
    group by export
),

dated as (
    select
        *,
        case when is_monthly then last_day(as_of) else as_of end as data_to,
    from export_account
)

select
    dated.export,
    dated.data_to,
    greatest(date_diff('day', dated.data_to, generation.checked_on), 0) as age_days,
    coalesce(file.files, 0) as files,
    dated.rows_in,
    dated.quarantined,
    dated.dropped,
    case when dated.export <> 'customers' then dated.withheld end as rows_withheld,
    case
        when dated.withheld > 0 then generation.withheld_people
        else 0
    end as people_withheld,
from dated
cross join generation
left join file on file.export = dated.export
