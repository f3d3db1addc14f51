// Withdraw ingredient exemptions: of these regulations.
/*
First step of exempting anew.

mode:    write
returns:
:param ids => ['eu-14']
*/
UNWIND $ids AS id
MATCH (regulation:Regulation {id: id})-[exemption:EXEMPTS]->(:Ingredient)
DELETE exemption
