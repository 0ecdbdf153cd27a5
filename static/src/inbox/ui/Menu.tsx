/** Menus of things to do, by the registry where it knows them. */

import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import type { ActionId } from "../actions/all";
import { useI18n, usePage } from "../hooks";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { Kbd } from "./Kbd";

export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}) {
  const { direction } = useI18n();
  return (
    <Radix.Root dir={direction} modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" align={align} sideOffset={4} collisionPadding={8} loop>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  icon,
  onSelect,
  keys,
  isBad = false,
  isDisabled = false,
  children,
}: {
  icon?: IconName;
  onSelect: () => void;
  keys?: string | undefined;
  isBad?: boolean;
  isDisabled?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      className={`menu-item ${isBad ? "text-bad" : ""}`}
      disabled={isDisabled}
      onSelect={onSelect}
    >
      {icon && <Icon name={icon} size={16} />}
      <span className="grow">{children}</span>
      {keys && <Kbd keys={keys} />}
    </Radix.Item>
  );
}

/** Nothing where it cannot be done here at all; with its reason where it cannot be done now. */
export function MenuAction({
  action,
  icon,
  label,
}: {
  action: ActionId;
  icon?: IconName;
  label?: string;
}) {
  const page = usePage();
  const { t } = useI18n();
  const known = page.actions.get(action);
  if (known === null || known.when?.(page.context) === false) return null;
  const reason = known.disabled?.(page.context) ?? null;
  return (
    <MenuItem
      {...(icon && { icon })}
      keys={page.keymap.keysOf(known)[0]}
      isDisabled={reason !== null}
      onSelect={() => page.actions.run(action, page.context)}
    >
      {label ?? t(known.title as never)}
      {reason && <small className="block text-meta">{t(reason as never)}</small>}
    </MenuItem>
  );
}

export function MenuChoice({
  isOn,
  onSelect,
  children,
}: {
  isOn: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem className="menu-item" checked={isOn} onSelect={onSelect}>
      <span className="inline-flex w-4">{isOn && <Icon name="check" size={16} />}</span>
      <span className="grow">{children}</span>
    </Radix.CheckboxItem>
  );
}

export const MenuLine = () => <Radix.Separator className="menu-line" />;

export function MenuTitle({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-meta text-ink-3">{children}</Radix.Label>;
}
