// Hold changes: the catalogue stays as it is until the transaction ends.
/*
Every change of the catalogue waits for this one, and this for them. How often it was held is there for
that: only a new value locks on each engine.

mode:    write
returns:
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
SET catalogue.held = coalesce(catalogue.held, 0) + 1
