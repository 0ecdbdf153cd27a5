import type { ComponentProps, Ref } from "react";
import type { ActionId } from "../actions/all";
import { useI18n, usePage } from "../hooks";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { keysText } from "./Kbd";

type Look = "primary" | "secondary" | "ghost" | "danger" | "note";

interface Props extends ComponentProps<"button"> {
  look?: Look;
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "secondary", icon, className = "", children, ...rest }: Props) {
  return (
    <button type="button" className={`btn btn-${look} ${className}`} {...rest}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

/** Nothing but a picture: its name is what it is read out and explained as. */
export function IconButton({
  label,
  icon,
  action,
  className = "",
  ...rest
}: Props & { label: string; icon: IconName; action?: ActionId }) {
  const keys = useKeysOf(action);
  return (
    <button
      type="button"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      className={`btn btn-ghost btn-icon ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Does what the action of the registry does, and says why it cannot. */
export function ActionButton({
  action,
  look = "secondary",
  icon,
  label,
  className = "",
}: {
  action: ActionId;
  look?: Look;
  icon?: IconName;
  label?: string;
  className?: string;
}) {
  const page = usePage();
  const { t } = useI18n();
  const keys = useKeysOf(action);
  const known = page.actions.get(action);
  if (known === null || known.when?.(page.context) === false) return null;
  const reason = known.disabled?.(page.context) ?? null;
  const name = label ?? t(known.title as never);
  const told = reason === null ? keys : t(reason as never);
  return (
    <button
      type="button"
      className={`btn btn-${look} ${className}`}
      aria-disabled={reason !== null}
      title={told ? `${t(known.title as never)} (${told})` : undefined}
      onClick={() => page.actions.run(action, page.context)}
    >
      {icon && <Icon name={icon} size={16} />}
      {name}
    </button>
  );
}

function useKeysOf(action: ActionId | undefined): string {
  const page = usePage();
  const known = action === undefined ? null : page.actions.get(action);
  const first = known === null ? undefined : page.keymap.keysOf(known)[0];
  return first === undefined ? "" : keysText(first);
}
