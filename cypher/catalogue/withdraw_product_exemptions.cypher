// Withdraw product exemptions: of these regulations.
/*
The first step of exempting again.

mode:    write
returns:
:param ids => ['eu-14']
*/
UNWIND $ids AS id
MATCH (regulation:Regulation {id: id})-[exemption:EXEMPTS]->(:Allergen)
DELETE exemption
