-- Every measure: what it counts, in which unit, who answers for it and where it is shown.
--
-- default   = true
-- grain     = ["measure"]
-- unit      = "measures"
-- kind      = "full count"
-- direction = "none"
-- people    = "none"
-- public    = true
-- where     = "none"
-- reads     = ["measure"]
-- order     = ["measure"]
-- owner     = "data_office"
--
-- [columns]
-- measure            = "text"
-- title              = "text"
-- title_en           = "text"
-- definition_text    = "text"
-- definition_text_en = "text"
-- unit               = "text"
-- number_kind        = "text"
-- keys               = "text"
-- owner              = "text"
-- page               = "text"
-- sql_text           = "text"
--
-- Public: headers of queries/ and words of text/; no person stands behind a row. A measure is shown
-- on the page that has the name of its stem.
select
    measure,
    title,
    title_en,
    definition_text,
    definition_text_en,
    unit,
    number_kind,
    keys,
    owner,
    page,
    sql_text,
from measure
