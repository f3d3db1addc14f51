// Who is signed in: a token, kept for this tab only.

const KEY = document.documentElement.dataset.tokenKey ?? "tastegraph-token";

export const token = () => sessionStorage.getItem(KEY);

export function signIn(text) {
  sessionStorage.setItem(KEY, text.trim().replace(/^(Authorization:\s*)?Bearer\s+/i, ""));
  dispatchEvent(new Event("session"));
}

export function signOut() {
  sessionStorage.removeItem(KEY);
  dispatchEvent(new Event("session"));
}

/** Tokens to try the page with, `{person, guest}`, where the service runs on this machine. */
export async function demonstration() {
  try {
    const response = await fetch("/demo", { cache: "no-store" });
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

/** Remembered for the label at the foot of each page. */
let demo;
export const isDemonstration = async () => Boolean((await (demo ??= demonstration())).guest);
