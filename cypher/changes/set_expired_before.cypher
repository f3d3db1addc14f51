// Set the day before which statements have expired; null: nothing ever does.
/*
Every change reads it, in any process, and voids what is older.

mode:    write
returns:
:param before => '2025-11-29'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
WHERE coalesce(catalogue.expiredBefore, '') <> coalesce($before, '')
SET catalogue.expiredBefore = $before
