// Agrees that allergies are kept, declares one to milk, and reads two pages of recommendations.
import { Tastegraph } from "./client.js";
import { AgreeDocument, DeclareDocument, RecommendedDocument, TextsDocument, type RecommendedQuery } from "./operations.js";

const client = new Tastegraph(process.env["URL"] ?? "http://127.0.0.1:8000/graphql", process.env["TOKEN"]);

// show the person this text first: allergies are kept with consent alone
const { consentTexts: texts } = await client.ask(TextsDocument, {});
const textVersion = texts.find((one) => one.purpose === "SAFETY")?.version ?? null;
const agreed = (await client.ask(AgreeDocument, { decisions: [{ purpose: "SAFETY", given: true, textVersion, language: "en" }] })).decideConsents;
if (agreed.__typename !== "ConsentReceipt") throw new Error(`${agreed.message} ${agreed.advice}`);

const declared = (await client.ask(DeclareDocument, { allergies: [{ allergenId: "milk" }] })).setAllergies;
if (declared.__typename !== "Me") throw new Error(`${declared.message} ${declared.advice}`);

let after: string | null = null;
for (let page = 1; page <= 2; page++) {
  const { recommendationsConnection: list }: RecommendedQuery = await client.ask(RecommendedDocument, {
    first: 3,
    after,
  });
  if (list.__typename !== "RecommendationConnection") throw new Error(`${list.message} ${list.advice}`);
  for (const { node } of list.edges) {
    const verdicts = node.safety.verdicts.map((one) => `${one.allergenId} ${one.verdict}`);
    console.log(`${node.rank}. ${node.drink.name}: ${node.safety.status} (${verdicts.join(", ")})`);
  }
  after = list.pageInfo.endCursor;
}
