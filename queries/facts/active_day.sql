-- People active on a day, within the 7 days that end on it, and within the 28.
--
-- reads  = ["person_month", "month"]
-- month  = "month"
-- counts = ["people", "people_7", "people_28"]
-- chart  = ["definition"]
--
-- [cells]
-- cell = 0
--
-- Days of the month before reach in as the tail. A bit that is spread to the right over n - 1
-- places tells of each day whether one of the n days up to it was active: week and four weeks are
-- so made from 59 days, the tail's 28 lowest. Two masks are then counted in one sum, the second in
-- the bits above the first 31, since sums are what this costs. Days after the data's last one are
-- there too, for as long as their windows reach back into it.
with spread_2 as (
    select
        definition,
        month,
        cell,
        days,
        (cast(days as bigint) << 28) | tail as one,
        one | (one >> 1) as two,
    from person_month
),

spread_8 as (
    select
        *,
        two | (two >> 2) as four,
        four | (four >> 3) as seven,
        four | (four >> 4) as eight,
    from spread_2
),

spread_28 as (
    select
        definition,
        month,
        cell,
        days,
        (seven >> 22) & 2147483647 as week,
        eight | (eight >> 8) as sixteen,
        ((sixteen | (sixteen >> 12)) >> 1) & 2147483647 as far,
    from spread_8
),

packed as (
    select
        definition,
        month,
        cell,
        days | (cast(week as bigint) << 31) as near,
        far,
    from spread_28
),

counted as (
    select
        definition,
        month,
        cell,
        sum((near >> 0) & 2147483649) as near_1,
        sum((near >> 1) & 2147483649) as near_2,
        sum((near >> 2) & 2147483649) as near_3,
        sum((near >> 3) & 2147483649) as near_4,
        sum((near >> 4) & 2147483649) as near_5,
        sum((near >> 5) & 2147483649) as near_6,
        sum((near >> 6) & 2147483649) as near_7,
        sum((near >> 7) & 2147483649) as near_8,
        sum((near >> 8) & 2147483649) as near_9,
        sum((near >> 9) & 2147483649) as near_10,
        sum((near >> 10) & 2147483649) as near_11,
        sum((near >> 11) & 2147483649) as near_12,
        sum((near >> 12) & 2147483649) as near_13,
        sum((near >> 13) & 2147483649) as near_14,
        sum((near >> 14) & 2147483649) as near_15,
        sum((near >> 15) & 2147483649) as near_16,
        sum((near >> 16) & 2147483649) as near_17,
        sum((near >> 17) & 2147483649) as near_18,
        sum((near >> 18) & 2147483649) as near_19,
        sum((near >> 19) & 2147483649) as near_20,
        sum((near >> 20) & 2147483649) as near_21,
        sum((near >> 21) & 2147483649) as near_22,
        sum((near >> 22) & 2147483649) as near_23,
        sum((near >> 23) & 2147483649) as near_24,
        sum((near >> 24) & 2147483649) as near_25,
        sum((near >> 25) & 2147483649) as near_26,
        sum((near >> 26) & 2147483649) as near_27,
        sum((near >> 27) & 2147483649) as near_28,
        sum((near >> 28) & 2147483649) as near_29,
        sum((near >> 29) & 2147483649) as near_30,
        sum((near >> 30) & 2147483649) as near_31,
        sum((far >> 0) & 1) as far_1,
        sum((far >> 1) & 1) as far_2,
        sum((far >> 2) & 1) as far_3,
        sum((far >> 3) & 1) as far_4,
        sum((far >> 4) & 1) as far_5,
        sum((far >> 5) & 1) as far_6,
        sum((far >> 6) & 1) as far_7,
        sum((far >> 7) & 1) as far_8,
        sum((far >> 8) & 1) as far_9,
        sum((far >> 9) & 1) as far_10,
        sum((far >> 10) & 1) as far_11,
        sum((far >> 11) & 1) as far_12,
        sum((far >> 12) & 1) as far_13,
        sum((far >> 13) & 1) as far_14,
        sum((far >> 14) & 1) as far_15,
        sum((far >> 15) & 1) as far_16,
        sum((far >> 16) & 1) as far_17,
        sum((far >> 17) & 1) as far_18,
        sum((far >> 18) & 1) as far_19,
        sum((far >> 19) & 1) as far_20,
        sum((far >> 20) & 1) as far_21,
        sum((far >> 21) & 1) as far_22,
        sum((far >> 22) & 1) as far_23,
        sum((far >> 23) & 1) as far_24,
        sum((far >> 24) & 1) as far_25,
        sum((far >> 25) & 1) as far_26,
        sum((far >> 26) & 1) as far_27,
        sum((far >> 27) & 1) as far_28,
        sum((far >> 28) & 1) as far_29,
        sum((far >> 29) & 1) as far_30,
        sum((far >> 30) & 1) as far_31,
    from packed
    group by definition, month, cell
),

listed as (
    select
        definition,
        month,
        cell,
        cast(
            [
                near_1, near_2, near_3, near_4, near_5, near_6, near_7, near_8,
                near_9, near_10, near_11, near_12, near_13, near_14, near_15, near_16,
                near_17, near_18, near_19, near_20, near_21, near_22, near_23, near_24,
                near_25, near_26, near_27, near_28, near_29, near_30, near_31,
            ] as bigint[]
        ) as near,
        cast(
            [
                far_1, far_2, far_3, far_4, far_5, far_6, far_7, far_8,
                far_9, far_10, far_11, far_12, far_13, far_14, far_15, far_16,
                far_17, far_18, far_19, far_20, far_21, far_22, far_23, far_24,
                far_25, far_26, far_27, far_28, far_29, far_30, far_31,
            ] as bigint[]
        ) as far,
    from counted
),

day as (
    select unnest(generate_series(1, 31)) as day
)

select
    listed.definition,
    listed.month,
    cast(day.day as tinyint) as day,
    listed.cell,
    near[day.day] & 2147483647 as people,
    near[day.day] >> 31 as people_7,
    far[day.day] as people_28,
from listed
inner join month on month.month = listed.month
inner join day on day.day <= day(month.last_day)
where far[day.day] > 0
