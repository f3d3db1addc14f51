// Set the day before which what was said has expired; null: nothing ever does.
/*
Every change reads it, in whichever process, and so voids what is older.

mode:    write
returns:
:param before => '2025-11-29'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
WHERE coalesce(catalogue.expiredBefore, '') <> coalesce($before, '')
SET catalogue.expiredBefore = $before
