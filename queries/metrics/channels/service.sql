-- Smart service: how much the bot settles alone, what it hands over, and who must come again.
--
-- grain     = ["month"]
-- unit      = "contacts"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = "none"
-- reads     = ["month", "service_month", "customer_month"]
-- params    = ["first_month", "last_month", "as_of"]
-- order     = ["month"]
-- owner     = "digital_banking"
-- differences = [
--     ["contacts", "by_bot"], ["by_bot", "contained"], ["by_bot", "handed_over"],
--     ["contacts", "repeated"], ["contacts", "complaints"],
-- ]
--
-- [columns]
-- month       = "month"
-- people      = "count"
-- contacts    = "count"
-- by_bot      = "count"
-- contained   = "count"
-- handed_over = "count"
-- repeated    = "count"
-- complaints  = "count"
-- customers   = "count"
--
-- [derived]
-- contained_share   = "cast(contained as double) / nullif(by_bot, 0)"
-- handed_over_share = "cast(handed_over as double) / nullif(by_bot, 0)"
-- repeated_share    = "cast(repeated as double) / nullif(contacts, 0)"
-- per_10000         = "10000 * cast(complaints as double) / nullif(customers, 0)"
--
-- Finished months after which 7 days are known: before, nobody can tell who comes again. Contained:
-- begun and closed by the bot, no person, and the same customer did not come with the same reason
-- within 7 days. A customer has an account by the end of the month.
with counted as (
    select
        month,
        cast(sum(case when kind = '_total' then people else 0 end) as bigint) as people,
        cast(sum(case when kind = '_total' then contacts else 0 end) as bigint) as contacts,
        cast(sum(case when kind = '_total' then by_bot else 0 end) as bigint) as by_bot,
        cast(sum(case when kind = '_total' then contained else 0 end) as bigint) as contained,
        cast(sum(case when kind = '_total' then handed_over else 0 end) as bigint) as handed_over,
        cast(sum(case when kind = '_total' then repeated else 0 end) as bigint) as repeated,
        cast(sum(case when kind = 'complaint' then contacts else 0 end) as bigint) as complaints,
    from service_month
    group by month
),

held as (
    select month, cast(sum(people) as bigint) as people
    from customer_month
    group by month
)

select
    month.first_day as month,
    counted.people,
    counted.contacts,
    counted.by_bot,
    counted.contained,
    counted.handed_over,
    counted.repeated,
    counted.complaints,
    held.people as customers,
from month
inner join counted on counted.month = month.month
left join held on held.month = month.month
where month.month between $first_month and $last_month and month.last_day + 7 <= $as_of
