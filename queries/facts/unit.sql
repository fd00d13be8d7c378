-- The units of the bank below the bank itself, each with the units above it, the highest first.
--
-- reads = ["branches"]
--
-- The highest has no parent, or the bank as its parent. A unit whose parents do not lead there is
-- left out: nobody can say where it belongs. Levels are four, so no unit stands deeper than third.
with known as (
    select branch_id, parent_id, name, coalesce(name_en, name) as name_en
    from branches
    where level <> '1'
),

chain as (
    select
        known.branch_id,
        known.name,
        known.name_en,
        case when parent.branch_id is not null then known.parent_id end as parent,
        case
            when grandparent.branch_id is not null
                then [grandparent.branch_id, parent.branch_id, known.branch_id]
            when parent.branch_id is not null then [parent.branch_id, known.branch_id]
            else [known.branch_id]
        end as path,
        case
            when grandparent.branch_id is not null then grandparent.parent_id
            when parent.branch_id is not null then parent.parent_id
            else known.parent_id
        end as above,
    from known
    left join known as parent on parent.branch_id = known.parent_id
    left join known as grandparent on grandparent.branch_id = parent.parent_id
)

select
    chain.branch_id as unit,
    chain.parent,
    chain.path,
    array_length(chain.path) as depth,
    chain.name,
    chain.name_en,
from chain
left join branches as bank on bank.branch_id = chain.above and bank.level = '1'
where chain.above is null or bank.branch_id is not null
