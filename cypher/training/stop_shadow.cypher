// Stop the shadow: no model is compared with the active one any longer; the counts stay.
/*
mode:    write
returns: version STRING
*/
MATCH (model:Model)
WHERE model.shadowShare IS NOT NULL
SET model.shadowShare = null
RETURN model.version AS version
ORDER BY version
