// Doubt diets: no drink suits them until an import brings a good row.
/*
Something said about them could not be read, so they may avoid more than is known. A limit below
zero lets nothing pass, and followers of the diet keep following it. The fingerprint no longer
matches any row, so the next import of a good row counts as a change.

mode:    write
returns:
:param ids => ['vegan']
*/
UNWIND $ids AS id
MATCH (diet:Diet {id: id})
SET diet.maxAbv = -1.0, diet.fingerprint = 'doubted'
