/** The session has ended: one signs in over the page, and what was refused is asked again. */

import { Dialog } from "radix-ui";
import { useEffect, useState } from "react";
import { csrfOf } from "../../core/http";
import { useDesk, useI18n, useTold } from "../hooks";
import { isStill, type Other, signIn, whoIsHere } from "../model/signin";
import { Button } from "../ui/Button";
import type { Key } from "../words";

export function SessionDialog() {
  const { session } = useDesk();
  const isAsking = useTold(session.onChange, () => session.isAsking);
  return isAsking ? <Ended /> : null;
}

/** Signed out, or signed in as somebody else in another tab since. */
function Ended() {
  const { world } = useDesk();
  const [other, setOther] = useState<Other | null>(null);
  useEffect(() => {
    void whoIsHere(world).then(setOther);
  }, [world]);
  return other === null ? <SignIn /> : <Elsewhere other={other} />;
}

function Elsewhere({ other }: { other: Other }) {
  const { t } = useI18n();
  return (
    <Blocking>
      <div className="flex flex-col gap-4 p-5">
        <Dialog.Title className="text-title font-semibold">
          {t("session.elsewhere", other)}
        </Dialog.Title>
        <Dialog.Description className="text-second text-ink-2">
          {t("session.elsewhere_text")}
        </Dialog.Description>
        <div className="flex justify-end gap-2">
          <Button onClick={() => location.assign("/accounts/sign-in/?next=/app/")}>
            {t("session.sign_in")}
          </Button>
          <Button look="primary" onClick={() => location.assign("/app/")}>
            {t("session.go_on", other)}
          </Button>
        </div>
      </div>
    </Blocking>
  );
}

function SignIn() {
  const { session, boot, world } = useDesk();
  const { t } = useI18n();
  const [password, setPassword] = useState("");
  const [isKept, setKept] = useState(false);
  const [fault, setFault] = useState<Key | null>(null);
  const [isBusy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    const csrf = csrfOf(world.cookies());
    const outcome = await signIn(boot.me.user.email, password, isKept, world, csrf);
    if (outcome !== null) {
      setBusy(false);
      setFault(outcome);
      return;
    }
    // Another company may be this account's last one now; what stands here is not theirs to see.
    if (await isStill(boot.me.member.id, world)) session.settle(true);
    else location.reload();
  };
  return (
    <Blocking>
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <Dialog.Title className="text-title font-semibold">{t("session.ended")}</Dialog.Title>
        <Dialog.Description className="text-second text-ink-2">
          {t("session.kept")}
        </Dialog.Description>
        {fault !== null && (
          <p role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-second text-bad">
            {t(fault)}
          </p>
        )}
        <input
          type="email"
          name="username"
          autoComplete="username"
          readOnly
          dir="ltr"
          aria-label={t("customer.email")}
          className="field bg-sunken"
          value={boot.me.user.email}
        />
        <input
          type="password"
          name="password"
          autoComplete="current-password"
          dir="ltr"
          required
          aria-label={t("session.password")}
          placeholder={t("session.password")}
          className="field"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
        <label className="flex items-center gap-2 text-second">
          <input
            type="checkbox"
            className="size-5 accent-accent"
            checked={isKept}
            onChange={({ target }) => setKept(target.checked)}
          />
          {t("session.keep")}
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={() => location.assign("/accounts/sign-in/?next=/app/")}>
            {t("session.other")}
          </Button>
          <Button look="primary" type="submit" disabled={isBusy || password === ""}>
            {t("session.sign_in")}
          </Button>
        </div>
      </form>
    </Blocking>
  );
}

/** It stays until it is answered. */
function Blocking({ children }: { children: React.ReactNode }) {
  const { direction } = useI18n();
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          dir={direction}
          className="dialog"
          onEscapeKeyDown={(event) => event.preventDefault()}
          onPointerDownOutside={(event) => event.preventDefault()}
        >
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
