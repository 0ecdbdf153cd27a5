/** Signing in by the page that everybody signs in by, without leaving this one. */

import { MEMBER_HEADER } from "../../core/http";
import type { Id } from "../../core/types";
import type { World } from "../desk";
import type { Key } from "../words";

/** Null where it worked; else why not. */
export async function signIn(
  email: string,
  password: string,
  isKept: boolean,
  { fetch }: Pick<World, "fetch">,
  csrf: string,
): Promise<Key | null> {
  try {
    const answer = await fetch("/accounts/sign-in/", {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": csrf },
      body: new URLSearchParams({ email, password, ...(isKept && { is_kept: "on" }) }),
    });
    // It leads on to another page where somebody has come in.
    if (answer.type === "opaqueredirect" || answer.status === 302) return null;
    if (answer.status === 429) return "session.too_many";
    return answer.status === 403 ? "session.closed" : "session.wrong";
  } catch {
    return "session.unreachable";
  }
}

/** Whether this browser's session is this member's now. */
export async function isStill(member: Id, { fetch }: Pick<World, "fetch">): Promise<boolean> {
  try {
    const headers = { Accept: "application/json", [MEMBER_HEADER]: member };
    return (await fetch("/api/v1/me/", { credentials: "same-origin", headers })).ok;
  } catch {
    return false;
  }
}

export type Other = { name: string; company: string };

/** Whom this browser's session belongs to now; null where there is none. */
export async function whoIsHere({ fetch }: Pick<World, "fetch">): Promise<Other | null> {
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch("/api/v1/me/", { credentials: "same-origin", headers });
    if (!answer.ok) return null;
    const { user, company } = (await answer.json()) as {
      user: { name: string };
      company: { name: string } | null;
    };
    return { name: user.name, company: company?.name ?? "" };
  } catch {
    return null;
  }
}
