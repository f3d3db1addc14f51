// Keep consent texts: what people were shown when they decided, by its hash.
/*
mode:    write
returns: textHash STRING
:param rows => [{id: 'a hash of another', purpose: 'safety', language: 'en', version: '1', text: 'May we?'}]
*/
UNWIND $rows AS row
MERGE (text:ConsentText {id: row.id})
SET text.kind = row.purpose, text.language = row.language, text.textVersion = row.version,
    text.text = row.text
RETURN text.id AS textHash
ORDER BY textHash
