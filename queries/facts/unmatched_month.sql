-- Scene users of a month who are nobody we know. Not deduplicated over partners: they cannot be.
--
-- reads = ["scene_user_month"]
-- month = "month"
-- whole = true
with scene_user as (
    select
        month,
        partner,
        scene_user,
        bit_or(any_scene) as any_scene,
        bit_or(opened) as opened,
        bit_or(logged_in) as logged_in,
        bit_or(transacted) as transacted,
    from scene_user_month
    group by month, partner, scene_user
),

by_month as (
    select
        month,
        count(*) filter (where any_scene > 0) as any_scene,
        count(*) filter (where opened > 0) as opened,
        count(*) filter (where logged_in > 0) as logged_in,
        count(*) filter (where transacted > 0) as transacted,
    from scene_user
    group by month
)

select cast(1 as tinyint) as definition, month, any_scene as users from by_month
union all
select cast(2 as tinyint) as definition, month, opened as users from by_month
union all
select cast(3 as tinyint) as definition, month, logged_in as users from by_month
union all
select cast(4 as tinyint) as definition, month, transacted as users from by_month
