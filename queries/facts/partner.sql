-- Every partner or own app that is declared or seen in events; '' is the unknown one.
--
-- reads = ["partners", "events"]
with declared as (
    select
        partner_id,
        coalesce(name, partner_id) as name,
        coalesce(name_en, name, partner_id) as name_en,
        scene,
        operated_by = 'own' as is_own,
    from partners
),

seen as (
    select distinct coalesce(partner_id, '') as partner_id
    from events
)

select
    row_number() over (order by coalesce(declared.partner_id, seen.partner_id)) as partner,
    coalesce(declared.partner_id, seen.partner_id) as partner_id,
    declared.name,
    declared.name_en,
    declared.scene,
    coalesce(declared.is_own, false) as is_own,
from declared
full join seen on seen.partner_id = declared.partner_id
