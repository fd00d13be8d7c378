-- Finished months as they were first published, and as they are counted now.
--
-- grain     = ["metric", "month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = "none"
-- reads     = ["published", "active_month", "month"]
-- params    = ["first_month", "last_month", "as_of", "is_filtered"]
-- order     = ["metric", "month"]
-- owner     = "data_office"
--
-- [columns]
-- metric            = "text"
-- month             = "month"
-- published_in      = "rows"
-- published_on      = "date"
-- people            = "count"
-- more_than_before  = "count"
-- fewer_than_before = "count"
-- is_restated       = "flag"
--
-- [derived]
-- published = "people - more_than_before + fewer_than_before"
-- restated_by = "more_than_before - fewer_than_before"
--
-- A change by few people could be those who took consent back, so it is a group like any other. A
-- number that could not be shown when it was published shows no difference either.
with ours as (
    select
        case definition
            when 1 then 'mau'
            when 2 then 'mau_opened'
            when 3 then 'mau_logged_in'
            when 4 then 'mau_transacted'
        end as metric,
        month,
        cast(sum(people) as bigint) as people,
    from active_month
    group by definition, month
),

compared as (
    select
        published.metric,
        month.first_day,
        published.generation,
        published.published_on,
        published.people as published,
        coalesce(ours.people, 0) as people,
    from published
    inner join month on month.month = published.month and month.last_day <= $as_of
    left join ours on ours.metric = published.metric and ours.month = published.month
    where month.month between $first_month and $last_month and not $is_filtered
)

select
    metric,
    first_day as month,
    generation as published_in,
    published_on,
    people,
    greatest(people - published, 0) as more_than_before,
    greatest(published - people, 0) as fewer_than_before,
    people <> published as is_restated,
from compared
