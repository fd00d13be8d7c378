-- From which month on a person has which profile (the list of the filterable attributes).
--
-- reads  = ["profile_anew", "profile_now", "profile_history", "profile_carried"]
-- params = ["as_of", "carried_until", "told"]
--
-- A month keeps the profile under which an earlier generation saw it finished; only later months
-- take today's row. Attributes that history tells ($told, by position) come from there instead,
-- for those who have one, as of the end of the month.
with frozen_until as (
    select distinct customer_id
    from profile_carried
    where since <= $carried_until
),

kept as (
    select customer_id, since, profile
    from profile_carried
    where since <= $carried_until
    union all
    select
        profile_now.customer_id,
        case when frozen_until.customer_id is null then 0 else $carried_until + 1 end as since,
        profile_now.profile,
    from profile_now
    semi join profile_anew on profile_anew.customer_id = profile_now.customer_id
    left join frozen_until on frozen_until.customer_id = profile_now.customer_id
),

kept_run as (
    select
        customer_id,
        since,
        coalesce(lead(since) over (partition by customer_id order by since) - 1, 99999) as until,
        profile,
    from kept
),

last_of_month as (
    select
        customer_id,
        year(valid_from) * 12 + month(valid_from) - 1 as since,
        profile,
        row_number() over (
            partition by customer_id, year(valid_from) * 12 + month(valid_from) - 1
            order by valid_from desc
        ) as place,
    from profile_history
    where valid_from <= $as_of
),

history_run as (
    select
        customer_id,
        case
            when row_number() over (partition by customer_id order by since) = 1 then 0
            else since
        end as since,
        coalesce(lead(since) over (partition by customer_id order by since) - 1, 99999) as until,
        profile,
    from last_of_month
    where place = 1
),

merged as (
    select
        kept_run.customer_id,
        greatest(kept_run.since, coalesce(history_run.since, 0)) as since,
        case
            when history_run.customer_id is null then kept_run.profile
            else list_transform(
                generate_series(1, array_length(kept_run.profile)),
                lambda place: case
                    when $told[place] then history_run.profile[place]
                    else kept_run.profile[place]
                end
            )
        end as profile,
    from kept_run
    left join history_run
        on history_run.customer_id = kept_run.customer_id
        and history_run.since <= kept_run.until
        and kept_run.since <= history_run.until
)

select profile_anew.person, merged.since, merged.profile
from merged
inner join profile_anew on profile_anew.customer_id = merged.customer_id
