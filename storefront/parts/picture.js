// A drawing of a drink: the glass by its kind, the colors by its flavors. It says nothing else.

import { drawn } from "../dom.js";

const COLORS = {
  "almond-flavor": "#e3c08f", anise: "#cfd8a8", apple: "#b7c94a", apricot: "#f5a04c",
  banana: "#f6d55c", bergamot: "#d8cf4f", berry: "#9c2f6b", bitter: "#b5432a", blackberry: "#5b2352",
  blackcurrant: "#5e1f4a", bready: "#d9a441", buttery: "#f2d78a", caramel: "#c27a2c",
  cherry: "#b01e3c", "chilli-heat": "#d63a1e", "chocolate-flavor": "#5a3422", cinnamon: "#b4693b",
  citrus: "#f2c53d", clove: "#8a4b2f", "coconut-flavor": "#f1ede2", "coffee-flavor": "#4b2e20",
  cooling: "#8fd3d1", cranberry: "#c8234a", creamy: "#f3e3c8", "dried-fruit": "#8c4a2f",
  earthy: "#8a7148", elderflower: "#ece6a8", floral: "#e9b7cf", fruity: "#f07f5a", ginger: "#e0b050",
  grape: "#7a3b79", grapefruit: "#f48a78", grassy: "#93b84e", "hazelnut-flavor": "#a8713e",
  herbal: "#7fa650", hibiscus: "#c2274f", "honey-flavor": "#e6a423", hoppy: "#e3a93a",
  juniper: "#a9c8bd", lavender: "#a58fcb", lemon: "#f5dc4d", lime: "#a6cf3f", malty: "#b9722b",
  mango: "#f7a52b", maple: "#a65f24", melon: "#f0857d", minty: "#6fc08a", nutty: "#b78750",
  oaky: "#a9672f", orange: "#f2892b", "passion-fruit": "#e9a13a", peach: "#f7ac7a", pear: "#cfd36a",
  peppery: "#9a5a46", pineapple: "#f4d03f", plum: "#7b2d56", pomegranate: "#b3163f",
  raspberry: "#d1305f", roasted: "#5c3a26", rose: "#e58fa8", salty: "#b9cfd6", savoury: "#b5462f",
  smoky: "#8b6a52", sour: "#dfd04a", spicy: "#c65a2e", strawberry: "#e2455c", sweet: "#f0a0a8",
  tannic: "#7a2036", tropical: "#f59b3c", "vanilla-flavor": "#f2dfae", vegetal: "#7fb069",
  violet: "#7f6bb3", "walnut-flavor": "#94663a",
};
const CUPS = new Set(["coffee", "tea", "hot-drink"]);
const SHAPES = {
  cup: { liquid: "M22 42h44v14a20 20 0 0 1-20 20h-4a20 20 0 0 1-20-20z",
    glass: "M18 36h52v20a24 24 0 0 1-24 24h-4a24 24 0 0 1-24-24zM70 44h6a10 10 0 0 1 0 20h-8M14 88h60" },
  coupe: { liquid: "M20 30h56c-2 17-13 25-28 25s-26-8-28-25z",
    glass: "M14 22h68c0 23-14 37-34 37S14 45 14 22zM48 59v28M32 88h32" },
  wine: { liquid: "M31 38h34c0 16-7 23-17 23s-17-7-17-23z",
    glass: "M30 12h36c3 14 4 22 3 28-2 15-10 23-21 23s-19-8-21-23c-1-6 0-14 3-28zM48 63v24M34 88h28" },
  mug: { liquid: "M24 34h38v46H24z",
    glass: "M20 20h46v60a6 6 0 0 1-6 6H26a6 6 0 0 1-6-6zM66 34h8a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8h-8" },
  tall: { liquid: "M29 32h38l-4 52H33z", glass: "M25 14h46l-6 74H31zM54 26l10-24" },
};
const BY_KIND = {
  cocktail: "coupe", wine: "wine", beer: "mug", cider: "mug", fermented: "mug", coffee: "cup",
  tea: "cup", "hot-drink": "cup",
};
const PLAIN = ["#d9c7b0", "#c4b29b"];
let drawings = 0;

/** An ornament of 96 x 96 units, hidden from screen readers. */
export function picture(drink) {
  const [top, low = top] = colors(drink);
  const isHot = CUPS.has(drink.kind) && drink.servedHot !== false;
  const shape = SHAPES[CUPS.has(drink.kind) && !isHot ? "tall" : (BY_KIND[drink.kind] ?? "tall")];
  const id = `liquid-${drawings++}`;
  const shade = drawn("linearGradient", { id, x1: 0, y1: 0, x2: 0, y2: 1 },
    drawn("stop", { offset: 0, "stop-color": top }), drawn("stop", { offset: 1, "stop-color": low }));
  const image = drawn("svg", { viewBox: "0 0 96 96", class: "picture", "aria-hidden": "true" },
    drawn("defs", {}, shade),
    drawn("path", { d: shape.liquid, fill: `url(#${id})` }),
    drawn("path", { d: shape.glass, class: "glass" }),
    isHot
      ? drawn("path", { d: "M34 28c-4-5 4-8 0-14M48 28c-4-5 4-8 0-14", class: "steam" })
      : null);
  image.style.setProperty("--tint", top);
  return image;
}

function colors(drink) {
  const known = (drink.flavors ?? []).map((flavor) => COLORS[flavor]).filter(Boolean);
  return known.length ? known.slice(0, 2) : PLAIN;
}
