-- The bank's official figures beside ours: how far apart, tolerated or not, and why.
--
-- grain     = ["metric", "month", "source"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "none"
-- people    = "people"
-- where     = "none"
-- reads     = ["reference_figure", "active_month", "month", "calendar_note"]
-- params    = ["first_month", "last_month", "as_of", "is_filtered"]
-- order     = ["metric", "month", "source"]
-- owner     = "data_office"
--
-- [columns]
-- metric    = "text"
-- month     = "month"
-- source    = "text"
-- basis     = "text"
-- official  = "plan"
-- people    = "count"
-- tolerance = "plan"
-- reason    = "text"
-- reason_en = "text"
--
-- [derived]
-- difference      = "people - official"
-- difference_rate = "cast(people as double) / nullif(official, 0) - 1"
-- is_within       = "abs(people - official) <= tolerance * abs(official)"
--
-- Finished months of the whole bank. `people` is null for a metric that nothing here computes. The
-- reason is the bank's own where it gives one, else the next change of a definition in its calendar:
-- the figure of a month before it was counted otherwise.
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

changed as (
    select
        month.month,
        calendar_note.label,
        calendar_note.label_en,
        row_number() over (
            partition by month.month order by calendar_note.noted_on, calendar_note.label
        ) as place,
    from month
    inner join calendar_note
        on calendar_note.kind = 'definition_change' and calendar_note.noted_on > month.first_day
)

select
    reference_figure.metric,
    month.first_day as month,
    reference_figure.source,
    reference_figure.basis,
    reference_figure.official,
    case
        when reference_figure.metric = 'mau' then coalesce(ours.people, 0)
        else ours.people
    end as people,
    reference_figure.tolerance,
    coalesce(reference_figure.reason, changed.label) as reason,
    coalesce(reference_figure.reason_en, changed.label_en) as reason_en,
from reference_figure
inner join month on month.month = reference_figure.month and month.last_day <= $as_of
left join ours on ours.metric = reference_figure.metric and ours.month = month.month
left join changed on changed.month = month.month and changed.place = 1
where month.month between $first_month and $last_month and not $is_filtered
