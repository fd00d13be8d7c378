-- Every partner or own app that is declared or seen in events; '' is the unknown one.
--
-- reads  = ["partners", "events", "partner_known", "match_month_known"]
-- params = ["months"]
--
-- A partner keeps the number that the generation before gave it. That one also knows who was seen in
-- the months that are not read again (all but $months).
with declared as (
    select
        partner_id,
        coalesce(name, partner_id) as name,
        coalesce(name_en, name, partner_id) as name_en,
        scene,
        operated_by = 'own' as is_own,
        ended_on,
        contract_ends_on,
    from partners
),

seen as (
    select coalesce(partner_id, '') as partner_id
    from events
    union
    select partner_known.partner_id
    from match_month_known
    inner join partner_known using (partner)
    where not list_contains($months, match_month_known.month)
),

every as (
    select
        coalesce(declared.partner_id, seen.partner_id) as partner_id,
        declared.name,
        declared.name_en,
        declared.scene,
        coalesce(declared.is_own, false) as is_own,
        declared.ended_on,
        declared.contract_ends_on,
    from declared
    full join seen on seen.partner_id = declared.partner_id
)

select
    coalesce(
        partner_known.partner,
        (select coalesce(max(partner), 0) from partner_known)
        + row_number() over (partition by partner_known.partner is null order by every.partner_id)
    ) as partner,
    every.*,
from every
left join partner_known on partner_known.partner_id = every.partner_id
