// Doubt diets: no drink suits them, until an import brings a good row.
/*
Something said about them could not be read, so what they avoid may be more than is known. A limit
below zero lets nothing pass, and those who follow the diet keep following it. The fingerprint no
longer fits any row, so that the next import of a good row counts as a change.

mode:    write
returns:
:param ids => ['vegan']
*/
UNWIND $ids AS id
MATCH (diet:Diet {id: id})
SET diet.maxAbv = -1.0, diet.fingerprint = 'doubted'
